/** How many people are here: real numbers, or nothing. */
import { stats } from "../shell/state.ts";
import { count } from "../shell/words.ts";

export function Live() {
  const guests = stats.value?.guests;
  if (!guests) return <p class="live" />;
  if (guests.online === 0) return <p class="live">Nobody else is here yet. Someone has to be first.</p>;
  return (
    <p class="live">
      <span class="live-dot" aria-hidden="true" />
      {count(guests.online, "person", "people")} online
      {guests.searching > 0 && <> · {guests.searching} looking for someone</>}
    </p>
  );
}

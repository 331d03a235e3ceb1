/** How many people are here: real numbers, or nothing. */
import { stats } from "../shell/state.ts";
import { t } from "../words/index.ts";

export function Live() {
  const guests = stats.value?.guests;
  if (!guests) return <p class="live" />;
  if (guests.online === 0) return <p class="live">{t("live.nobody")}</p>;
  return (
    <p class="live">
      <span class="live-dot" aria-hidden="true" />
      {t("live.online", { count: guests.online })}
      {guests.searching > 0 && <> · {t("live.searching", { count: guests.searching })}</>}
    </p>
  );
}

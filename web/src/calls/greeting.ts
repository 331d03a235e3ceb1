/** Who chose voice or video calls whom they have just met. Where both did, both start at once, which makes one call. */
import { effect } from "@preact/signals";
import { media } from "../sessions/form.ts";
import { match, pair } from "../shell/state.ts";
import { load } from "./state.ts";

export function callOnMeeting(): void {
  /** A match that this page looked for: not one that it finds after a reload. */
  let looking = false;
  effect(() => {
    const now = match.value;
    if (now.state !== "matched") looking = now.state !== "idle";
    else if (looking && pair.value?.id === now.roomId && pair.value.info) {
      looking = false;
      const wish = media.peek();
      if (wish !== "text") void load().then((code) => code?.begin(now.roomId, wish));
    }
  });
}

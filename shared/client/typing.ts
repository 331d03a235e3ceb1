/** "I am typing", said no more often than others need to hear it. */
import type { Request } from "./requests.ts";
import { TYPING_MS } from "./reducer.ts";

const SAY_EVERY_MS = TYPING_MS / 2;
const IDLE_MS = 5_000;

export function createTyping(request: Request) {
  const active = new Map<string, { saidMs: number; keyMs: number }>();
  const say = (roomId: string, typing: boolean) =>
    // Nobody is worse off if it is lost.
    void request("typing:set", { roomId, typing }, { once: true }).catch(() => {});

  function stop(roomId: string) {
    if (active.delete(roomId)) say(roomId, false);
  }

  return {
    /** Call on each key with true; false when the text was cleared. */
    set(roomId: string, typing: boolean) {
      if (!typing) return stop(roomId);
      const keyMs = Date.now();
      const saidMs = active.get(roomId)?.saidMs ?? 0;
      const due = keyMs - saidMs >= SAY_EVERY_MS;
      active.set(roomId, { saidMs: due ? keyMs : saidMs, keyMs });
      if (due) say(roomId, true);
    },
    /** A message says it by itself. */
    sent: (roomId: string) => void active.delete(roomId),
    /** Call about once a second. */
    tick() {
      for (const [roomId, { keyMs }] of active) if (Date.now() - keyMs >= IDLE_MS) stop(roomId);
    },
  };
}

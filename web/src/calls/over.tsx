/** How the last call ended. A missed one stays until it is read. */
import { useEffect } from "preact/hooks";
import { client, me, room, state } from "../shell/state.ts";
import { t } from "../words/index.ts";
import { begin, busy } from "./course.ts";
import { CallIcon } from "./icon.tsx";
import { namesOf, nameOf } from "./people.ts";
import { calls } from "./state.ts";
import { overSentence } from "./words.ts";

const SHOWN_MS = 8_000;

export function Over() {
  const { over } = calls.value;
  useEffect(() => {
    if (!over || over.missed) return undefined;
    const timer = setTimeout(client.calls.read, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [over]);
  if (!over || busy.value) return null;
  const { call, reason, missed } = over;
  const where = state.value.rooms[call.roomId];
  // Whoever looks at the chat, or has ended it, knows.
  if (reason === "room-closed" && (!where || where.ended?.mine || room.value?.id === call.roomId)) return null;
  const names = missed ? nameOf(call.roomId, call.startedBy) : namesOf(call, (userId) => userId !== me.value?.id);
  // Where the two are still together.
  const again =
    room.value?.id === call.roomId && !room.value.ended && (missed || reason === "timeout" || reason === "lost");
  return (
    <div class="call-over" role="status">
      <p>{overSentence(reason, missed, names)}</p>
      {again && (
        <button type="button" class="button" onClick={() => void begin(call.roomId, call.media)}>
          {t(missed ? "call.call-back" : "call.call-again")}
        </button>
      )}
      <button type="button" class="icon-button" aria-label={t("shell.dismiss")} onClick={client.calls.read}>
        <CallIcon name="x" />
      </button>
    </div>
  );
}

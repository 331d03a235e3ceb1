/** The microphone: hold to talk and let go to send, or tap and send when done. Sliding away while holding cancels. */
import { Icon } from "../shell/icon.tsx";
import { cancelNote, note, releaseNote, startNote } from "./state.ts";
import { t } from "../words/index.ts";

const AWAY_PX = 96;

/** Follows the finger wherever it goes, from the very first moment; the button under it is soon gone. */
function follow({ clientX: from }: PointerEvent): void {
  const done = new AbortController();
  const { signal } = done;
  const up = () => {
    done.abort();
    releaseNote();
  };
  const move = ({ clientX }: PointerEvent) => {
    if (Math.abs(clientX - from) <= AWAY_PX) return;
    done.abort();
    if (note.value?.held) cancelNote();
  };
  addEventListener("pointermove", move, { signal });
  addEventListener("pointerup", up, { signal });
  addEventListener("pointercancel", up, { signal });
}

export function Mic({ roomId }: { roomId: string }) {
  return (
    <button
      type="button"
      class="send mic"
      aria-label={t("voice.record")}
      title={t("voice.hold")}
      aria-busy={note.value !== undefined}
      onPointerDown={(event) => {
        if (event.button !== 0 || note.value) return;
        follow(event);
        void startNote(roomId, true);
      }}
      // Keys and screen readers come without a finger to lift; after a finger this finds the note begun.
      onClick={() => void startNote(roomId, false)}
      onContextMenu={(event) => event.preventDefault()}
    >
      <Icon name="mic" />
    </button>
  );
}

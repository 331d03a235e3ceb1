/** In the composer's place while a voice note is recorded. */
import { useEffect, useRef } from "preact/hooks";
import { limits } from "../../../shared/protocol/limits.ts";
import { Icon } from "../shell/icon.tsx";
import { elapsed } from "../shell/words.ts";
import type { Recording } from "./recorder.ts";
import { cancelNote, sendNote } from "./state.ts";
import { Waveform } from "./waveform.tsx";
import { t } from "../words/index.ts";

/** So much of the past is shown. */
const BARS = 48;
const LAST_MS = 10_000;

export function RecordingBar({ recording, held }: { recording: Recording; held: boolean }) {
  const send = useRef<HTMLButtonElement>(null);
  useEffect(() => send.current?.focus(), []);
  const recent = recording.levels.value.slice(-BARS);
  const ms = recording.ms.value;
  const over = recording.over.value;
  const hint = () => {
    if (over) return t("voice.full");
    if (held) return t("voice.let-go");
    return ms > limits.voiceMs - LAST_MS ? t("voice.almost-full") : "";
  };
  return (
    <div class="recording" role="group" aria-label={t("voice.note")}>
      <button type="button" class="icon-button" aria-label={t("voice.cancel")} onClick={cancelNote}>
        <Icon name="trash" />
      </button>
      <span class={over ? "recording-dot over" : "recording-dot"} aria-hidden="true" />
      <span class="recording-time">{elapsed(ms)}</span>
      <div class="recording-levels">
        <Waveform peaks={[...Array.from({ length: BARS - recent.length }, () => 0), ...recent]} done={1} />
        <p role="status" class={hint() ? "recording-hint" : "hidden"}>
          {hint() || t("voice.recording")}
        </p>
      </div>
      <button ref={send} type="button" class="send" aria-label={t("voice.send")} onClick={() => void sendNote()}>
        <Icon name="send" />
      </button>
    </div>
  );
}

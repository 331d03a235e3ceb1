/** What this browser can record, and why it did not. */
import { t } from "../words/index.ts";

/** AAC in MP4 plays everywhere, Opus in WebM almost; Opus in MP4 only in the newest. */
const TYPES = [
  "audio/mp4;codecs=mp4a.40.2",
  "audio/webm;codecs=opus",
  "audio/mp4",
  "audio/webm",
  "audio/ogg;codecs=opus",
];

export const recordedType = (): string | undefined => TYPES.find((type) => MediaRecorder.isTypeSupported(type));

/** Pages without TLS, and old browsers, have no microphone at all. */
export const canRecord: boolean =
  typeof MediaRecorder !== "undefined" &&
  typeof AudioContext !== "undefined" &&
  "mediaDevices" in navigator &&
  recordedType() !== undefined;

export function micSentence(error: unknown): string {
  switch ((error as { name?: string } | undefined)?.name ?? "") {
    case "NotAllowedError":
    case "SecurityError":
      return t("mic.forbidden");
    case "NotFoundError":
    case "OverconstrainedError":
      return t("mic.none");
    case "NotReadableError":
    case "AbortError":
      return t("mic.busy");
    default:
      return t("mic.failed");
  }
}

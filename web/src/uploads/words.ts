/** Files in words: how large, for how long, what is wrong. */
import { signal } from "@preact/signals";
import { isShown, type FileFault, type LocalAttachment } from "../../../shared/client/index.ts";
import type { ErrorBody } from "../../../shared/protocol/errors.ts";
import { limits } from "../../../shared/protocol/limits.ts";
import { sentenceFor } from "../shell/errors.ts";

const KB = 1024;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Whoever asks for the time is drawn anew twice a minute. */
const minute = signal(0);
setInterval(() => (minute.value += 1), MINUTE_MS / 2);
const leftMs = (expiresAt: string): number => (minute.value, Date.parse(expiresAt) - Date.now());

export function sizeOf(bytes: number): string {
  if (bytes < KB) return `${bytes} B`;
  const [size, unit] = bytes < KB * KB ? [bytes / KB, "KB"] : [bytes / (KB * KB), "MB"];
  return `${size < 10 ? Number(size.toFixed(1)) : Math.round(size)} ${unit}`;
}

const inWords = (ms: number): string => {
  if (ms >= HOUR_MS) return `${Math.floor(ms / HOUR_MS)} h`;
  return ms >= 2 * MINUTE_MS ? `${Math.floor(ms / MINUTE_MS)} min` : "a minute";
};

export const isExpired = ({ expiresAt }: LocalAttachment): boolean => expiresAt !== undefined && leftMs(expiresAt) <= 0;

/** Nothing while the server has not said. */
export const expiry = ({ expiresAt }: LocalAttachment): string =>
  expiresAt === undefined ? "" : `expires in ${inWords(leftMs(expiresAt))}`;

/** Shown in place. An SVG is not: it is more than a picture. */
export const isPicture = (contentType: string): boolean => contentType.startsWith("image/") && isShown(contentType);

/** In a word or two, where the thing itself does not fit. */
export function kindOf({ kind, attachment }: { kind: string; attachment?: LocalAttachment }): string {
  if (kind === "voice") return "Voice note";
  if (attachment && isPicture(attachment.contentType)) return "Photo";
  return attachment?.filename ?? "File";
}

const faults: Record<FileFault, string> = {
  empty: "This file is empty.",
  "too-large": `That's too large: a file can have up to ${limits.fileBytes / KB / KB} MB, a voice note ${limits.voiceBytes / KB / KB}.`,
  "too-long": `A voice note can last ${limits.voiceMs / MINUTE_MS} minutes at most.`,
  type: "This kind of file isn't accepted. Pictures, audio, video, PDF, text, Office files and archives are.",
  unreadable: "The file can't be read any more. Choose it again.",
  changed: "The file has changed since it was chosen. Choose it again.",
};

const sentences: Partial<Record<ErrorBody["code"], string>> = {
  invalid: "The file isn't what it says it is, so it wasn't sent.",
  "unsupported-type": "The file isn't what its name says, so it wasn't sent.",
  "payload-too-large": "There's too much in this file, so it wasn't sent.",
  "not-found": "The chat has ended, so this wasn't sent.",
  forbidden: "The chat has ended, so this wasn't sent.",
  conflict: "The file didn't get through. Try again.",
  unavailable: "The file didn't get through. Check your connection and try again.",
};

/** Why a file was not sent, and what to do about it. */
export function fileSentence(error: Pick<ErrorBody, "code" | "fields" | "retryAfterMs"> | undefined): string {
  const fault = error?.fields?.["file"];
  if (fault !== undefined && fault in faults) return faults[fault as FileFault];
  if (error?.code === "rate-limited")
    return `That's enough files for now. You can send more in ${inWords(error.retryAfterMs ?? 0)}.`;
  return (error && sentences[error.code]) ?? sentenceFor(error);
}

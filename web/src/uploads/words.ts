/** Files in words: how large, for how long, what is wrong. */
import { signal } from "@preact/signals";
import { isShown, type FileFault, type LocalAttachment } from "../../../shared/client/index.ts";
import type { ErrorBody } from "../../../shared/protocol/errors.ts";
import { limits } from "../../../shared/protocol/limits.ts";
import { sentenceFor } from "../shell/errors.ts";
import { numberOf } from "../shell/words.ts";
import { t, type Key } from "../words/index.ts";

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
  return `${numberOf(size < 10 ? size : Math.round(size))} ${unit}`;
}

const inWords = (ms: number): string => {
  if (ms >= HOUR_MS) return t("time.hours", { hours: Math.floor(ms / HOUR_MS) });
  return ms >= 2 * MINUTE_MS ? t("time.minutes", { minutes: Math.floor(ms / MINUTE_MS) }) : t("time.minute");
};

export const isExpired = ({ expiresAt }: LocalAttachment): boolean => expiresAt !== undefined && leftMs(expiresAt) <= 0;

/** Nothing while the server has not said. */
export const expiry = ({ expiresAt }: LocalAttachment): string =>
  expiresAt === undefined ? "" : t("files.expires", { time: inWords(leftMs(expiresAt)) });

/** Shown in place. An SVG is not: it is more than a picture. */
export const isPicture = (contentType: string): boolean => contentType.startsWith("image/") && isShown(contentType);

/** In a word or two, where the thing itself does not fit. */
export function kindOf({ kind, attachment }: { kind: string; attachment?: LocalAttachment }): string {
  if (kind === "voice") return t("files.voice");
  if (attachment && isPicture(attachment.contentType)) return t("files.photo");
  return attachment?.filename ?? t("files.file");
}

const mb = (bytes: number) => bytes / KB / KB;
const faults: Record<FileFault, () => string> = {
  empty: () => t("fault.empty"),
  "too-large": () => t("fault.too-large", { fileMb: mb(limits.fileBytes), voiceMb: mb(limits.voiceBytes) }),
  "too-long": () => t("fault.too-long", { minutes: limits.voiceMs / MINUTE_MS }),
  type: () => t("fault.type"),
  unreadable: () => t("fault.unreadable"),
  changed: () => t("fault.changed"),
};

const sentences = {
  invalid: "fault.invalid",
  "unsupported-type": "fault.unsupported-type",
  "payload-too-large": "fault.payload-too-large",
  "not-found": "fault.over",
  forbidden: "fault.over",
  conflict: "fault.conflict",
  unavailable: "fault.unavailable",
} as const satisfies Partial<Record<ErrorBody["code"], Key>>;
const isOfFiles = (code: string): code is keyof typeof sentences => Object.hasOwn(sentences, code);

/** Why a file was not sent, and what to do about it. */
export function fileSentence(error: Pick<ErrorBody, "code" | "fields" | "retryAfterMs"> | undefined): string {
  const fault = error?.fields?.["file"];
  if (fault !== undefined && fault in faults) return faults[fault as FileFault]();
  if (error?.code === "rate-limited") return t("fault.rate-limited", { time: inWords(error.retryAfterMs ?? 0) });
  return error && isOfFiles(error.code) ? t(sentences[error.code]) : sentenceFor(error);
}

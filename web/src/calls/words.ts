/** Which sentence a call says when. */
import { isRetry, type ErrorCode } from "../../../shared/protocol/errors.ts";
import type { CallOver } from "../../../shared/client/index.ts";
import { sentenceFor } from "../shell/errors.ts";
import { t } from "../words/index.ts";
import type { Source } from "./media.ts";
import type { PeerView } from "./peer.ts";
import type { Quality } from "./quality.ts";

export function overSentence(reason: CallOver, missed: boolean, name: string): string {
  if (missed && reason !== "room-closed") return t("call.missed", { name });
  switch (reason) {
    case "declined":
      return t("call.declined", { name });
    case "timeout":
      return t("call.timeout", { name });
    case "hangup":
      return t("call.ended");
    case "lost":
      return t("call.lost");
    case "elsewhere":
      return t("call.elsewhere");
    case "room-closed":
      return t("call.ended-with-chat");
    default:
      return reason satisfies never;
  }
}

const refusals = {
  busy: "call.busy",
  "room-full": "call.full",
  "not-found": "call.gone",
  forbidden: "call.refused",
} as const;

/** Why no call came about. */
export function refusalSentence(error: unknown): string {
  const { code } = error as { code?: ErrorCode };
  if (code === undefined) return sentenceFor(error);
  if (Object.hasOwn(refusals, code)) return t(refusals[code as keyof typeof refusals]);
  return isRetry(code) ? t("call.not-through") : sentenceFor(error);
}

/** @param name the DOMException's */
export function troubleSentence(source: Source, name: string): string {
  if (source === "screen") return t("screen.none");
  const of = source === "microphone" ? "mic" : source;
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      return t(`${of}.forbidden`);
    case "NotFoundError":
    case "OverconstrainedError":
      return t(`${of}.none`);
    case "NotReadableError":
    case "AbortError":
      return t(`${of}.in-use`);
    default:
      return t(`${of}.broken`);
  }
}

export function linkWords(link: PeerView["link"] | undefined, quality: Quality | undefined): string {
  switch (link) {
    case undefined:
      return t("call.no-way");
    case "connected":
      return t(quality ? `call.${quality}` : "call.connected");
    case "away":
      return t("call.reconnecting");
    case "connecting":
      return t("call.connecting");
    default:
      return link satisfies never;
  }
}

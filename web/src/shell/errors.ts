/** A sentence and, where there is one, a next step for every code of the closed list. */
import { PasserbyError, type ErrorCode } from "../../../shared/protocol/errors.ts";

export const sentences: Record<ErrorCode, string> = {
  invalid: "Something in there isn't accepted. Check it and try again.",
  unauthenticated: "The server doesn't know you any more. Start again with a new name.",
  "token-expired": "Your pass has expired. Reload the page to get a fresh one.",
  "session-ended": "It's over, and everything about it is forgotten. Start again whenever you like.",
  forbidden: "You're not a part of this chat any more.",
  banned: "You can't use Passerby for a while, after reports about you.",
  "challenge-required": "We need to check that you're human first. Reload the page and try again.",
  "not-found": "This isn't there any more.",
  conflict: "That's taken already. Try another one.",
  busy: "That's in use just now. Try again in a moment.",
  "room-closed": "The chat has ended, so this wasn't sent.",
  "room-full": "This room is full. Try another one.",
  "payload-too-large": "That's too large. Make it shorter and try again.",
  "unsupported-type": "This kind of file isn't accepted.",
  "rate-limited": "That was a bit fast. Wait a moment and try again.",
  draining: "The server is restarting. You'll be back in a few seconds.",
  unavailable: "The server can't be reached just now. We keep trying.",
  internal: "Something went wrong on our side. Try again in a moment.",
};

/** For the guest: what happened and what to do. Anything unknown is our fault. */
export function sentenceFor(error: unknown): string {
  const code = (error as { code?: string } | undefined)?.code;
  if (code !== undefined && code in sentences) return sentences[code as ErrorCode];
  return sentences.internal;
}

/** The field of a form that an error speaks of, if any. */
export const fieldOf = (error: unknown): string | undefined =>
  error instanceof PasserbyError ? Object.keys(error.fields ?? {})[0] : undefined;

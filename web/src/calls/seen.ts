/** Whose picture the guest has asked to see: a stranger's is blurred until then, unless all are wanted. Kept for the call. */
import { signal } from "@preact/signals";
import { settings } from "../shell/settings.ts";
import { read, write } from "../shell/storage.ts";

const KEY = "passerby.seen";
const kept = signal((read(KEY) ?? []) as readonly string[]);
const name = (callId: string, userId: string) => `${callId} ${userId}`;

export const isSeen = (callId: string, userId: string): boolean =>
  settings.value.blur === false || kept.value.includes(name(callId, userId));

export function see(callId: string, userId: string): void {
  // Of this call alone.
  kept.value = [...kept.value.filter((one) => one.startsWith(callId)), name(callId, userId)];
  write(KEY, kept.value);
}

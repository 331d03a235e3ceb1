/** Ids on the wire: `<kind>_<16 to 40 url-safe characters>`, opaque to clients. Unguessable (128 random bits) where they grant anything. */
export type IdKind = "usr" | "room" | "msg" | "call" | "upl" | "rep";

const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** `length` url-safe characters (6 random bits each) from the platform's cryptographic generator. */
export function randomText(length: number): string {
  let text = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(length))) text += BASE64URL[byte & 63];
  return text;
}

/** A new id of that kind: 22 characters = 132 random bits. @param cell where it lives, if that has a name */
export const newId = (kind: IdKind, cell = ""): string => `${kind}_${cell && `${cell}-`}${randomText(22)}`;

export const idPattern = (kind: IdKind): RegExp => new RegExp(`^${kind}_[A-Za-z0-9_-]{16,40}$`);

/** A message's id is its place in the log, so no index from id to seq has to be kept. */
export const messageId = (epoch: string, seq: number): string => `msg_${epoch}_${seq}`;

/** The place that a message id names, or undefined where it is not one of ours. */
export function messagePlace(id: string): { epoch: string; seq: number } | undefined {
  const match = /^msg_([A-Za-z0-9_-]{16})_(\d{1,15})$/.exec(id);
  return match ? { epoch: match[1]!, seq: Number(match[2]) } : undefined;
}

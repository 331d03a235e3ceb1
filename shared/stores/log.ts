/** An entry of a room's log as a message, and what the room scripts' negative answers mean. */
import { PasserbyError } from "../protocol/errors.ts";
import { messageId } from "../protocol/ids.ts";
import type { Message } from "../protocol/index.ts";
import { limits } from "../protocol/limits.ts";
import type { Stamps } from "../stamps.ts";

/** What the log keeps of a message; id, room, epoch, seq and time come from its place. */
export type Body = Pick<Message, "clientMessageId" | "sender" | "kind" | "text" | "attachment" | "replyTo">;

/** Of a message: the log, its place there and when it was stored, ms. */
interface Place {
  roomId: string;
  epoch: string;
  seq: number;
  at: number;
}

/** The message at that place of a log, stamped: for acks and history. */
export function toMessage(
  { stamp }: Stamps,
  roomId: string,
  epoch: string,
  seq: number,
  at: number,
  body: string,
): Message {
  const said = { roomId, epoch, seq, ...(JSON.parse(body) as Body), sentAt: new Date(at).toISOString() };
  return { id: messageId(epoch, seq), ...said, stamp: stamp(said) };
}

/** What is left of a message that is deleted, or not for this reader: its place, and whose it was. */
export const withoutBody = ({ id, roomId, epoch, seq, clientMessageId, sender, kind, sentAt }: Message): Message => ({
  id,
  roomId,
  epoch,
  seq,
  clientMessageId,
  sender,
  kind,
  deleted: true,
  sentAt,
});

/** A message as a node tells it. */
export interface Told extends Place {
  senderId: string;
  /** Members of a group whom it must not reach: the sender has blocked them, or they the sender. */
  apart: string[];
  /** The message. */
  json: string;
}

/** All that one call of the script stores has one time. */
let latest = { at: 0, text: "" };
function toText(at: number): string {
  if (at !== latest.at) latest = { at, text: new Date(at).toISOString() };
  return latest.text;
}

/**
 * For acks and pushes: the body, which is the inside of it, is not read.
 * @param digest of the body, made where it was
 * @param apart separated by commas
 */
export function toTold(
  { seal }: Stamps,
  { roomId, epoch, seq, at }: Place,
  senderId: string,
  digest: string,
  body: string,
  apart = "",
): Told {
  const sentAt = toText(at);
  const stamp = seal({ roomId, epoch, seq, senderId, sentAt }, digest);
  const place = `{"id":"${messageId(epoch, seq)}","roomId":"${roomId}","epoch":"${epoch}","seq":${seq}`;
  const json = `${place},${body.slice(1, -1)},"sentAt":"${sentAt}","stamp":"${stamp}"}`;
  // Field by field: a spread costs more than the stamp.
  return { roomId, epoch, seq, at, senderId, apart: apart === "" ? [] : apart.split(","), json };
}

/** A message as message_send.lua tells it; what is made of JSON has no line breaks. */
type Lines = [
  roomId: string,
  epoch: string,
  seq: string,
  at: string,
  senderId: string,
  digest: string,
  apart: string,
  body: string,
];
const LINES = 8;

/** In the order they were stored. */
export function* readTold(stamps: Stamps, lines: string): Generator<Told> {
  const all = lines.split("\n");
  for (let i = 0; i < all.length; i += LINES) {
    const [roomId, epoch, seq, at, senderId, digest, apart, body] = all.slice(i, i + LINES) as Lines;
    const place = { roomId, epoch, seq: Number(seq), at: Number(at) };
    yield toTold(stamps, place, senderId, digest, body, apart);
  }
}

export const refusals: Record<number, () => PasserbyError> = {
  [-1]: () => new PasserbyError("not-found", "There is no such room, or not any more"),
  [-2]: () => new PasserbyError("forbidden", "You are not a member of this room"),
  [-3]: () => new PasserbyError("room-closed"),
  [-4]: () => new PasserbyError("not-found", "There is no such message, or not any more"),
  [-5]: () =>
    new PasserbyError(
      "conflict",
      `At most ${limits.reactionKinds} different reactions, and ${limits.reactionsPerMessage} in all`,
    ),
  [-6]: () => new PasserbyError("room-full"),
  [-7]: () => new PasserbyError("conflict", `At most ${limits.roomsPerGuest} rooms at a time; leave one first`),
  [-8]: () => new PasserbyError("session-ended"),
};

/** Throws what the script's negative answer means. */
export function refuse(code: number): void {
  const error = refusals[code];
  if (error) throw error();
}

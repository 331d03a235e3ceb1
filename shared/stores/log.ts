/** An entry of a room's log as a message, and what the room scripts' negative answers mean. */
import { PasserbyError } from "../protocol/errors.ts";
import { messageId } from "../protocol/ids.ts";
import type { Message } from "../protocol/index.ts";
import { limits } from "../protocol/limits.ts";
import type { Stamps } from "../stamps.ts";

/** What the log keeps of a message; id, room, epoch, seq and time come from its place. */
export type Body = Pick<Message, "clientMessageId" | "sender" | "kind" | "text" | "attachment" | "replyTo">;

/** The message at that place of a log, stamped: for acks, pushes and history alike. */
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

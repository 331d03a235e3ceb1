/** Logs that are written at once, for a client without a server: every third message is one's own. */
import { messageId } from "../../shared/protocol/ids.ts";
import type { Message, Room } from "../../shared/protocol/index.ts";

export const ROOM = "room_aaaaaaaaaaaaaaaa";
export const ME = "usr_meeeeeeeeeeeeeee";
export const OTHER = "usr_otherrrrrrrrrrrr";

export const epochOf = (index: number) => `epoch-${index}`.padEnd(16, "_");
export const write = (epoch: string, seq: number, sender: string): Message => ({
  id: messageId(epoch, seq),
  roomId: ROOM,
  epoch,
  seq,
  clientMessageId: `${epoch}${seq}`,
  sender: { id: sender, username: sender.slice(4, 9) },
  kind: "text",
  text: `${seq}`,
  sentAt: new Date(seq * 1000).toISOString(),
});
export const logOf = (epoch: string, length: number): Message[] =>
  Array.from({ length }, (_, index) => write(epoch, index + 1, index % 3 === 0 ? ME : OTHER));
export const roomOf = (epoch: string, last: number): Room => ({
  id: ROOM,
  kind: "pair",
  capacity: 2,
  members: [],
  epoch,
  lastSeq: last,
  createdAt: new Date(0).toISOString(),
});

/** What a room looks like: the log, then what is held behind a gap of ours, then what is unsent. Pure. */
import type { ErrorBody } from "../protocol/errors.ts";
import type { Message, Room, User } from "../protocol/index.ts";
import type { LocalAttachment } from "./files.ts";
import type { OutboxItem } from "./outbox.ts";
import type { RoomState } from "./reducer.ts";
import type { UploadItem } from "./uploads.ts";

/** `sending`: on its way, or waiting for a connection. The rest speaks of own messages only. */
export type Progress = "sending" | "failed" | "sent" | "delivered" | "read";

export interface Entry {
  /** The same from the first draft to the stored message, so that a list keeps its element. */
  key: string;
  clientMessageId: string;
  mine: boolean;
  sender: User;
  kind: Message["kind"];
  text?: string;
  attachment?: LocalAttachment;
  at: string;
  /** Absent until stored. */
  message?: Message;
  replyTo?: string;
  progress?: Progress;
  error?: ErrorBody;
  /** Its file is still on the way; until then it is no message yet. */
  upload?: UploadItem;
}

export function timeline(
  room: RoomState,
  outbox: readonly OutboxItem[],
  me: User,
  uploads: readonly UploadItem[] = [],
): Entry[] {
  const others = (room.info?.members ?? []).filter(({ id }) => id !== me.id);
  const entries = room.log.shown.map((message) => toEntry(message, me, progressOf(room, others, message)));
  const known = new Set(room.log.shown.filter(({ sender }) => sender.id === me.id).map((own) => own.clientMessageId));
  for (const message of room.log.held)
    if (message.sender.id === me.id) {
      known.add(message.clientMessageId);
      entries.push(toEntry(message, me, "sent"));
    }
  for (const item of outbox)
    if (item.roomId === room.id && !known.has(item.clientMessageId)) entries.push(toUnsent(item, me));
  for (const item of uploads) if (item.roomId === room.id) entries.push({ ...toUnsent(item, me), upload: item });
  return entries;
}

const toUnsent = (item: OutboxItem | UploadItem, me: User): Entry => ({
  key: `${me.id} ${item.clientMessageId}`,
  clientMessageId: item.clientMessageId,
  mine: true,
  sender: me,
  kind: item.kind,
  text: item.text,
  attachment: item.attachment,
  at: item.writtenAt,
  replyTo: item.replyTo,
  progress: item.failed ? "failed" : "sending",
  error: item.failed,
});

const toEntry = (message: Message, me: User, progress: Progress): Entry => ({
  key: `${message.sender.id} ${message.clientMessageId}`,
  clientMessageId: message.clientMessageId,
  mine: message.sender.id === me.id,
  sender: message.sender,
  kind: message.kind,
  text: message.text,
  attachment: message.attachment,
  at: message.sentAt,
  message,
  replyTo: message.replyTo,
  ...(message.sender.id === me.id && { progress }),
});

/** As far as everybody else in the room has it. */
function progressOf({ receipts }: RoomState, others: Room["members"], { seq }: Message): Progress {
  const all = (which: "deliveredSeq" | "readSeq") =>
    others.length > 0 ? others.every(({ id }) => (receipts[id]?.[which] ?? 0) >= seq) : anyOther(which);
  // A pair whose other half has left keeps its ticks.
  const anyOther = (which: "deliveredSeq" | "readSeq") => Object.values(receipts).some((one) => one[which] >= seq);
  if (all("readSeq")) return "read";
  return all("deliveredSeq") ? "delivered" : "sent";
}

/** The other one of a pair. */
export const partnerOf = (room: RoomState, me: User): Room["members"][number] | undefined =>
  room.info?.members.find(({ id }) => id !== me.id);

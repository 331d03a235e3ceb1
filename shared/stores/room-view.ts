/** A room as its members see it. */
import { messageId } from "../protocol/ids.ts";
import type { Message, Receipt, Room, Status } from "../protocol/index.ts";
import { limits } from "../protocol/limits.ts";
import type { StoreContext } from "./index.ts";
import { refuse, toMessage } from "./log.ts";

export interface Range {
  after?: number | undefined;
  before?: number | undefined;
  limit?: number | undefined;
  /** The epoch that `after` belongs to: of another log, this one is given from its start (D5). */
  epoch?: string | undefined;
  /** No messages: what the room is. Of a group anybody may ask it. */
  look?: boolean;
}

export interface RoomView {
  room: Room;
  messages: Message[];
  more: boolean;
  gap: boolean;
  receipts: Receipt[];
  /** Set once the room is closed. */
  closedReason?: string;
}

type Mark = [seq: number, reactions: string, deleted: string];
type Stub = Pick<Message, "clientMessageId" | "sender" | "kind"> & { at: number };

function withMarks(messages: Message[], marks: Mark[], roomId: string, epoch: string): Message[] {
  const bySeq = new Map(messages.map((message) => [message.seq, message]));
  for (const [seq, reactions, deleted] of marks) {
    const message = bySeq.get(seq);
    if (message && reactions) message.reactions = JSON.parse(reactions) as NonNullable<Message["reactions"]>;
    if (!deleted) continue;
    const { at, ...stub } = JSON.parse(deleted) as Stub;
    bySeq.set(seq, {
      id: messageId(epoch, seq),
      roomId,
      epoch,
      seq,
      ...stub,
      deleted: true,
      sentAt: new Date(at).toISOString(),
    });
  }
  return [...bySeq.values()].toSorted((a, b) => a.seq - b.seq);
}

function toReceipts(flat: string[]): Receipt[] {
  const byGuest = new Map<string, Receipt>();
  for (let i = 0; i < flat.length; i += 2) {
    const [which, userId] = [flat[i]!.slice(0, 1), flat[i]!.slice(2)];
    const receipt = byGuest.get(userId) ?? { userId, deliveredSeq: 0, readSeq: 0 };
    receipt[which === "d" ? "deliveredSeq" : "readSeq"] = Number(flat[i + 1]);
    byGuest.set(userId, receipt);
  }
  return [...byGuest.values()];
}

/**
 * What a member sees of a room. `whole`: members and receipts too.
 * @throws `not-found`, `forbidden`
 */
export async function readRoom(
  { run, stamps }: StoreContext,
  userId: string,
  roomId: string,
  range: Range,
  whole: boolean,
): Promise<RoomView> {
  const { after, before, look } = range;
  const mode = look ? "look" : after !== undefined ? "after" : before !== undefined ? "before" : "newest";
  const from = after ?? before ?? 0;
  const reply = await run(
    "room_read",
    roomId,
    userId,
    mode,
    from,
    range.limit ?? limits.backfillMessages,
    range.epoch ?? "",
    whole ? 1 : 0,
  );
  const [verdict, meta, members, receipts, page, marks, more, gap, count] = reply as [
    string,
    (string | null)[],
    [string, string, Status][],
    string[],
    [string, string[]][],
    Mark[],
    number,
    number,
    number,
  ];
  if (verdict !== "ok") refuse(verdict === "forbidden" ? -2 : -1);
  const [kind, state, reason, epoch, seq, , capacity, createdAt, name, visibility] = meta as string[];
  const messages = page.map(([id, fields]) =>
    toMessage(stamps, roomId, epoch!, Number.parseInt(id, 10), Number(fields[1]), fields[3]!),
  );
  return {
    room: {
      id: roomId,
      kind: kind as Room["kind"],
      ...(name && { name }),
      ...(visibility && { visibility: visibility as "public" | "unlisted" }),
      capacity: Number(capacity),
      members: members.map(([id, username, status]) => ({ id, username, status })),
      ...(kind === "group" && { memberCount: count }),
      epoch: epoch!,
      lastSeq: Number(seq),
      createdAt: new Date(Number(createdAt)).toISOString(),
    },
    messages: withMarks(messages, marks, roomId, epoch!),
    more: more === 1,
    gap: gap === 1,
    receipts: toReceipts(receipts),
    ...(state !== "open" && { closedReason: reason ?? "closed" }),
  };
}

/** Rooms: who is in, where the log stands; the view of it that a member gets. */
import { PasserbyError } from "../protocol/errors.ts";
import { messageId } from "../protocol/ids.ts";
import type { Cursor, Message, Receipt, Room, Status } from "../protocol/index.ts";
import { limits } from "../protocol/limits.ts";
import type { StoreContext } from "./index.ts";
import { refuse, toMessage } from "./log.ts";
import type { Reply } from "./scripts.ts";

export interface Range {
  after?: number | undefined;
  before?: number | undefined;
  limit?: number | undefined;
  /** The epoch that `after` belongs to: of another log, this one is given from its start (D5). */
  epoch?: string | undefined;
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
  { run }: StoreContext,
  userId: string,
  roomId: string,
  range: Range,
  whole: boolean,
): Promise<RoomView> {
  const mode = range.after !== undefined ? "after" : range.before !== undefined ? "before" : "newest";
  const from = range.after ?? range.before ?? 0;
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
  const [verdict, meta, members, receipts, page, marks, more, gap] = reply as [
    string,
    (string | null)[],
    [string, string, Status][],
    string[],
    [string, string[]][],
    Mark[],
    number,
    number,
  ];
  if (verdict !== "ok") refuse(verdict === "forbidden" ? -2 : -1);
  const [kind, state, reason, epoch, seq, , capacity, createdAt, name, visibility] = meta as string[];
  const messages = page.map(([id, fields]) =>
    toMessage(roomId, epoch!, Number.parseInt(id, 10), Number(fields[1]), fields[3]!),
  );
  return {
    room: {
      id: roomId,
      kind: kind as Room["kind"],
      ...(name && { name }),
      ...(visibility && { visibility: visibility as "public" | "unlisted" }),
      capacity: Number(capacity),
      members: members.map(([id, username, status]) => ({ id, username, status })),
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

export function roomStore(context: StoreContext) {
  const { run } = context;
  return {
    /** The room and what came after the cursor (without one: the newest). @throws `not-found`, `forbidden` */
    open: (userId: string, roomId: string, cursor?: Cursor) =>
      readRoom(
        context,
        userId,
        roomId,
        cursor ? { after: cursor.seq, epoch: cursor.epoch, limit: limits.historyPage } : {},
        true,
      ),

    /** @throws `not-found`, `forbidden` */
    async read(userId: string, roomId: string): Promise<Room> {
      const view = await readRoom(context, userId, roomId, { limit: 1 }, true);
      if (view.closedReason !== undefined) throw new PasserbyError("not-found");
      return view.room;
    },

    /** @throws `not-found`, `forbidden` */
    async assertMember(userId: string, roomId: string): Promise<void> {
      await readRoom(context, userId, roomId, { limit: 1 }, false);
    },

    /** Routes something that is not kept to the nodes of the other members. @throws `not-found`, `forbidden`, `room-closed` */
    async tell(userId: string, nodeId: string, roomId: string, event: string, payload: unknown): Promise<void> {
      refuse(Number(await run("room_tell", roomId, userId, nodeId, event, JSON.stringify(payload))));
    },

    /** The log ends before `told`: it was rolled back and becomes another one. */
    async renewEpoch(roomId: string, told: Cursor): Promise<void> {
      await run("room_renew", roomId, told.epoch, told.seq);
    },

    /** Where each room's log ends; undefined for a room that is gone. */
    async ends(roomIds: string[]): Promise<(Cursor | undefined)[]> {
      if (roomIds.length === 0) return [];
      const reply = (await run("rooms_seq", ...roomIds)) as Reply[] as string[];
      return roomIds.map((_, i) =>
        reply[2 * i] ? { epoch: reply[2 * i]!, seq: Number(reply[2 * i + 1]) } : undefined,
      );
    },
  };
}

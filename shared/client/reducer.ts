/** One room as the guest sees it. Pure: (room, action) → room; the same room back when nothing changed. */
import type { Cursor, Message, Receipt, Room, Status, User } from "../protocol/index.ts";
import { limits } from "../protocol/limits.ts";
import { amend, erase } from "./admit.ts";
import { emptyLog, lastSeq, type Log } from "./log.ts";
import { introduce, measure, olderPage, page, push } from "./pages.ts";

export interface RoomState {
  readonly id: string;
  /** Absent until the server has introduced the room. */
  readonly info?: Room;
  /** The interests that brought a pair together. */
  readonly shared: readonly string[];
  readonly log: Log;
  readonly receipts: Readonly<Record<string, Receipt>>;
  /** Who is typing → when we last heard so (ms). */
  readonly typing: Readonly<Record<string, number>>;
  /** `mine`: this client left or skipped. */
  readonly ended?: { readonly reason: string; readonly mine: boolean };
}

export type RoomAction =
  | {
      type: "introduced";
      room: Room;
      shared?: readonly string[];
      messages?: readonly Message[];
      more?: boolean;
      gap?: boolean;
      receipts?: readonly Receipt[];
      cursor?: Cursor;
    }
  | { type: "pushed"; message: Message }
  | { type: "page"; after?: number; messages: readonly Message[]; gap?: boolean }
  | { type: "older"; messages: readonly Message[]; more: boolean }
  | { type: "measured"; epoch: string; lastSeq: number; asked?: Cursor }
  | { type: "requeued" }
  | { type: "reacted"; messageId: string; seq: number; userId: string; emoji: string; on: boolean }
  | { type: "deleted"; messageId: string; seq: number; seqs?: readonly number[] }
  | { type: "acked"; receipt: Receipt }
  | { type: "typing"; userId: string; typing: boolean; nowMs: number }
  | { type: "tick"; nowMs: number }
  | { type: "presence"; userId: string; status: Status }
  | { type: "joined"; user: User; memberCount: number }
  | { type: "left"; user: User; memberCount: number }
  | { type: "members"; members: Room["members"]; memberCount: number }
  | { type: "closed"; reason: string; mine?: boolean };

/** A sender says so every 3 s while typing; silence for two of these means it stopped unheard. */
export const TYPING_MS = 6_000;

export const emptyRoom = (id: string, me: string): RoomState => ({
  id,
  shared: [],
  log: emptyLog(me),
  receipts: {},
  typing: {},
});

/** What a handshake says of this room. */
export const cursorOf = ({ log }: RoomState): Cursor | undefined =>
  log.epoch !== undefined && log.base !== undefined ? { epoch: log.epoch, seq: lastSeq(log) } : undefined;

export function roomReducer(room: RoomState, action: RoomAction): RoomState {
  switch (action.type) {
    case "introduced": {
      const { type: _type, room: info, shared, receipts = [], ...told } = action;
      const next = withLog(room, introduce(room.log, { room: info, ...told }));
      return receipts.reduce(withReceipt, { ...next, info, shared: shared ?? room.shared, ended: undefined });
    }
    case "pushed": {
      const { message } = action;
      return withoutTyping(withLog(room, push(room.log, message)), message.sender.id);
    }
    case "page":
      return withLog(room, page(room.log, action));
    case "older":
      return withLog(room, olderPage(room.log, action.messages, action.more));
    case "measured":
      return withLog(room, measure(room.log, action.epoch, action.lastSeq, action.asked));
    case "requeued":
      return withLog(room, { ...room.log, lost: [] });
    case "reacted":
      return withLog(
        room,
        amend(room.log, { id: action.messageId, seq: action.seq }, (message) => withReaction(message, action)),
      );
    case "deleted": {
      const { messageId: id, seq, seqs } = action;
      const all = seqs?.map((seq) => ({ id: id.replace(/\d+$/, String(seq)), seq })) ?? [{ id, seq }];
      return withLog(room, all.reduce(erase, room.log));
    }
    case "acked":
      return withReceipt(room, action.receipt);
    case "typing":
      if (!action.typing) return withoutTyping(room, action.userId);
      return { ...room, typing: { ...room.typing, [action.userId]: action.nowMs } };
    case "tick": {
      const heard = Object.entries(room.typing).filter(([, atMs]) => action.nowMs - atMs < TYPING_MS);
      return heard.length === Object.keys(room.typing).length ? room : { ...room, typing: Object.fromEntries(heard) };
    }
    case "presence":
      return withMembers(room, (members) =>
        members.map((member) => (member.id === action.userId ? { ...member, status: action.status } : member)),
      );
    case "joined":
      return withMembers(
        room,
        (members) => [...members.filter(({ id }) => id !== action.user.id), { ...action.user, status: "online" }],
        action.memberCount,
      );
    case "left":
      return withMembers(
        withoutTyping(room, action.user.id),
        (members) => members.filter(({ id }) => id !== action.user.id),
        action.memberCount,
      );
    case "members":
      return withMembers(room, () => action.members, action.memberCount);
    case "closed":
      if (room.ended) return room;
      return { ...room, typing: {}, ended: { reason: action.reason, mine: action.mine ?? false } };
    default:
      return action satisfies never;
  }
}

/** Receipts count places of one log; another log begins without. */
function withLog(room: RoomState, log: Log): RoomState {
  if (log === room.log) return room;
  const replaced = room.log.epoch !== undefined && room.log.epoch !== log.epoch;
  return { ...room, log, receipts: replaced ? {} : room.receipts };
}

function withReceipt(room: RoomState, { userId, deliveredSeq, readSeq }: Receipt): RoomState {
  const known = room.receipts[userId] ?? { userId, deliveredSeq: 0, readSeq: 0 };
  const read = Math.max(known.readSeq, readSeq);
  const delivered = Math.max(known.deliveredSeq, deliveredSeq, read);
  if (read === known.readSeq && delivered === known.deliveredSeq) return room;
  return { ...room, receipts: { ...room.receipts, [userId]: { userId, deliveredSeq: delivered, readSeq: read } } };
}

function withReaction(
  message: Message,
  { userId, emoji, on }: { userId: string; emoji: string; on: boolean },
): Message {
  if (message.deleted) return message;
  const others = (message.reactions?.[emoji] ?? []).filter((id) => id !== userId);
  const { [emoji]: _before, ...rest } = message.reactions ?? {};
  const users = on
    ? [...(message.reactions?.[emoji]?.includes(userId) ? message.reactions[emoji] : [...others, userId])]
    : others;
  return { ...message, reactions: users.length > 0 ? { ...message.reactions, [emoji]: users } : rest };
}

function withoutTyping(room: RoomState, userId: string): RoomState {
  if (room.typing[userId] === undefined) return room;
  const { [userId]: _gone, ...typing } = room.typing;
  return { ...room, typing };
}

/** Of a large room only some are listed, and nobody is told which of them are there. */
function withMembers(
  room: RoomState,
  change: (members: Room["members"]) => Room["members"],
  memberCount?: number,
): RoomState {
  if (!room.info) return room;
  const members = change(room.info.members).slice(0, limits.largeRoom);
  return { ...room, info: { ...room.info, members, ...(memberCount !== undefined && { memberCount }) } };
}

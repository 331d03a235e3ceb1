/** The guest's rooms: every change goes through `dispatch`, and what follows from it is set going here. */
import { limits } from "../protocol/limits.ts";
import type { Message, Welcome } from "../protocol/index.ts";
import { lastSeq, type Log, lostForGood, nextPull } from "./log.ts";
import type { Outbox } from "./outbox.ts";
import { createPulls } from "./pulls.ts";
import { createReceipts } from "./receipts.ts";
import { cursorOf, emptyRoom, roomReducer, type RoomAction, type RoomState } from "./reducer.ts";
import type { Sleep } from "./backoff.ts";
import type { Cursors } from "./connection.ts";
import type { Request } from "./requests.ts";

/** Ended rooms are kept to be read; older ones go. */
const ENDED_KEPT = 20;
/** Spread, so that a thousand clients cut at once do not all look up old messages at once. */
const REFRESH_MS = { from: 1_000, spread: 3_000 };

/** A log is no longer. */
const SHOWN_KEPT = limits.historyMessages;

/** What a message is called in whichever log it stands (D2). */
const nameOf = ({ sender, clientMessageId }: Message) => `${sender.id} ${clientMessageId}`;

/** What was shown last is gone from its place: the log was rolled back, and may have been written again. */
function isRewound(before: Log, { base = 0, shown }: Log): boolean {
  const last = before.shown.at(-1);
  if (!last || last.seq <= base) return false;
  const there = shown[last.seq - base - 1];
  return !there || nameOf(there) !== nameOf(last);
}

export interface RoomsOptions {
  me: () => string;
  request: Request;
  outbox: () => Outbox;
  get: () => Readonly<Record<string, RoomState>>;
  set: (rooms: Readonly<Record<string, RoomState>>) => void;
  /** The interests two were brought together by, told once and kept over a reload. */
  shared: (roomId: string) => readonly string[] | undefined;
  onShown?: (messages: readonly Message[]) => void;
  onClosed: (roomId: string) => void;
  sleep: Sleep;
}

export function createRooms(options: RoomsOptions) {
  const { me, request, get, set } = options;
  const refreshes = new Set<ReturnType<typeof setTimeout>>();
  /** Rooms that the guest has left here, or is leaving: a welcome may show them once more, and their end is not the other's doing. */
  const left = new Set<string>();
  /** By room, what was shown of logs that were replaced or rolled back: of what they are now it is not news once more. */
  const shownBefore = new Map<string, Set<string>>();
  const room = (roomId: string): RoomState | undefined => get()[roomId];
  const gone = (roomId: string, error: unknown) => {
    const { code } = error as { code?: string };
    if (code === "not-found" || code === "forbidden" || code === "room-closed") close(roomId, "gone");
  };
  const shared = { request, room, dispatch, onGone: gone };
  const pulls = createPulls({ ...shared, sleep: options.sleep });
  const receipts = createReceipts({ ...shared, rooms: () => Object.values(get()) });

  function dispatch(roomId: string, action: RoomAction) {
    const before = room(roomId) ?? emptyRoom(roomId, me());
    const after = roomReducer(before, action);
    if (after === before && room(roomId)) return;
    set({ ...get(), [roomId]: after });
    follow(before, after);
  }

  function follow(before: RoomState, after: RoomState) {
    if (before.log === after.log) return;
    const sameLog = before.log.epoch === after.log.epoch && before.log.base !== undefined;
    const goesOn = sameLog && !isRewound(before.log, after.log);
    if (!sameLog && before.log.epoch !== undefined) receipts.reset(after.id);
    if (!goesOn && before.log.epoch !== undefined) {
      const all = [...(shownBefore.get(after.id) ?? []), ...before.log.shown.map(nameOf)];
      shownBefore.set(after.id, new Set(all.slice(-SHOWN_KEPT)));
    }
    const since = goesOn ? lastSeq(before.log) : (after.log.base ?? 0);
    const shown = after.log.shown.slice(Math.max(0, since - (after.log.base ?? 0)));
    for (const message of shown)
      if (message.sender.id === after.log.me) options.outbox().confirm(message.clientMessageId);
    const known = shownBefore.get(after.id);
    const news = known ? shown.filter((message) => !known.has(nameOf(message))) : shown;
    if (news.length > 0) options.onShown?.(news);
    receipts.note(after);
    pulls.check(after);
    if (after.log.lost.length > 0 && !nextPull(after.log)) {
      const lost = lostForGood(after.log);
      dispatch(after.id, { type: "requeued" });
      options.outbox().requeue(lost);
    }
  }

  /** The room is over. What it still held for us is fetched once more. */
  function close(roomId: string, reason: string) {
    const state = room(roomId);
    if (!state || state.ended) return;
    const mine = left.has(roomId);
    dispatch(roomId, { type: "closed", reason, mine });
    if (!mine) void pulls.last(roomId);
    options.onClosed(roomId);
    const ended = Object.values(get()).filter((one) => one.ended);
    for (const { id } of ended.slice(0, Math.max(0, ended.length - ENDED_KEPT))) forget(id);
  }

  function forget(roomId: string) {
    const { [roomId]: _gone, ...rest } = get();
    set(rest);
    receipts.reset(roomId);
    shownBefore.delete(roomId);
  }

  /** The guest's own wish. */
  function leave(roomId: string, reason: string) {
    left.add(roomId);
    close(roomId, reason);
  }

  return {
    dispatch,
    close,
    leave,
    /** Of a pair that is over for this guest, though its end is yet to be told. */
    leaving: (roomId: string) => void left.add(roomId),
    /** In again. */
    joined: (roomId: string) => void left.delete(roomId),
    forget,
    room,
    older: (roomId: string) => pulls.older(roomId),
    read: (roomId: string, seq: number) => receipts.read(roomId, seq),
    readSeq: receipts.readSeq,
    me,
    /** Known, and not over. */
    isOpen: (roomId: string) => room(roomId)?.info !== undefined && !room(roomId)?.ended,

    cursors(): Cursors {
      const cursors: Cursors = {};
      for (const state of Object.values(get())) {
        const cursor = state.ended ? undefined : cursorOf(state);
        if (cursor) cursors[state.id] = cursor;
      }
      return cursors;
    },

    welcome({ rooms, ended = [] }: Welcome, cursors: Cursors) {
      for (const told of rooms) {
        const { id } = told.room;
        dispatch(id, { type: "introduced", ...told, shared: options.shared(id), cursor: cursors[id] });
        if (!cursors[id]) continue;
        const timer = setTimeout(
          () => {
            refreshes.delete(timer);
            void pulls.refresh(id);
          },
          REFRESH_MS.from + Math.random() * REFRESH_MS.spread,
        );
        refreshes.add(timer);
      }
      for (const { roomId, reason } of ended) close(roomId, reason);
      // Neither there nor named: gone as well.
      for (const state of Object.values(get()))
        if (!state.ended && cursors[state.id] && !rooms.some((told) => told.room.id === state.id))
          close(state.id, "gone");
    },

    tick() {
      receipts.tick();
      const nowMs = Date.now();
      for (const state of Object.values(get()))
        if (Object.keys(state.typing).length > 0) dispatch(state.id, { type: "tick", nowMs });
    },

    stop() {
      receipts.stop();
      for (const timer of refreshes) clearTimeout(timer);
      refreshes.clear();
    },
  };
}

export type Rooms = ReturnType<typeof createRooms>;

/**
 * Tells the server how far this guest has a room's log: at once when something new came, then at most twice a second,
 * and every 10 s in any case, since the answer says how long the log is: so a push that was lost is noticed (D6, D8).
 */
import { cursorOf, type RoomAction, type RoomState } from "./reducer.ts";
import { lastSeq } from "./log.ts";
import type { Request } from "./requests.ts";

const SOON_MS = 50;
const PAUSE_MS = 500;
const RETRY_MS = 2_000;
export const HEARTBEAT_MS = 10_000;

interface Told {
  epoch?: string;
  deliveredSeq: number;
  readSeq: number;
  atMs: number;
}

export interface ReceiptsOptions {
  request: Request;
  rooms: () => Iterable<RoomState>;
  room: (roomId: string) => RoomState | undefined;
  dispatch: (roomId: string, action: RoomAction) => void;
  /** The room is not ours, or not there, any more. */
  onGone: (roomId: string, error: unknown) => void;
}

export function createReceipts({ request, rooms, room, dispatch, onGone }: ReceiptsOptions) {
  const told = new Map<string, Told>();
  const read = new Map<string, number>();
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  const open = (state: RoomState | undefined): state is RoomState =>
    state !== undefined && !state.ended && state.log.base !== undefined;

  async function tell(roomId: string) {
    timers.delete(roomId);
    const state = room(roomId);
    if (!open(state)) return;
    const deliveredSeq = lastSeq(state.log);
    const readSeq = Math.min(deliveredSeq, read.get(roomId) ?? 0);
    told.set(roomId, { epoch: state.log.epoch, deliveredSeq, readSeq, atMs: Date.now() });
    const asked = cursorOf(state);
    try {
      const { epoch, lastSeq } = await request("message:ack", { roomId, deliveredSeq, readSeq }, { once: true });
      dispatch(roomId, { type: "measured", epoch, lastSeq, asked });
    } catch (error) {
      told.set(roomId, { deliveredSeq: 0, readSeq: 0, atMs: Date.now() - HEARTBEAT_MS + RETRY_MS });
      onGone(roomId, error);
    }
  }

  function due(roomId: string) {
    if (timers.has(roomId)) return;
    const sinceMs = Date.now() - (told.get(roomId)?.atMs ?? 0);
    timers.set(
      roomId,
      setTimeout(() => void tell(roomId), Math.max(SOON_MS, PAUSE_MS - sinceMs)),
    );
  }

  /** The room's log moved: tells if there is something new to tell. */
  function note(state: RoomState) {
    if (!open(state)) return;
    const before = told.get(state.id);
    const last = lastSeq(state.log);
    const fresh = before?.epoch !== state.log.epoch || last > (before?.deliveredSeq ?? 0);
    if (fresh || Math.min(last, read.get(state.id) ?? 0) > (before?.readSeq ?? 0)) due(state.id);
  }

  return {
    note,
    /** The guest has seen the room up to `seq`. */
    read(roomId: string, seq: number) {
      const state = room(roomId);
      if (!open(state) || seq <= (read.get(roomId) ?? 0)) return;
      read.set(roomId, Math.min(seq, lastSeq(state.log)));
      note(state);
    },
    readSeq: (roomId: string) => read.get(roomId) ?? 0,
    /** Call about once a second. */
    tick() {
      for (const state of rooms())
        if (open(state) && Date.now() - (told.get(state.id)?.atMs ?? 0) >= HEARTBEAT_MS) due(state.id);
    },
    /** Another log: what was read of the old one says nothing. */
    reset(roomId: string) {
      read.delete(roomId);
      told.delete(roomId);
    },
    stop() {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}

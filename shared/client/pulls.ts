/** Fetches what a room's log lacks, one pull per room at a time, until it is complete. */
import { limits } from "../protocol/limits.ts";
import { delayMs, mayRetry, retrying, waitMs, type Sleep } from "./backoff.ts";
import { lastSeq, nextPull } from "./log.ts";
import type { RoomAction, RoomState } from "./reducer.ts";
import type { Request } from "./requests.ts";

/** A push that overtook another is followed by it within this time: often no pull is needed. */
const REORDER_MS = 100;
/** Pages that bring nothing, though the log is said to be longer: the heartbeat asks again. */
const FRUITLESS = 4;
const OLDER_PAGE = 50;
/** Reactions and deletions missed while away are looked up for this many of the newest messages. */
const REFRESH_PAGE = 50;

export interface PullsOptions {
  request: Request;
  room: (roomId: string) => RoomState | undefined;
  dispatch: (roomId: string, action: RoomAction) => void;
  onGone: (roomId: string, error: unknown) => void;
  sleep: Sleep;
}

export function createPulls({ request, room, dispatch, onGone, sleep }: PullsOptions) {
  const pulling = new Set<string>();
  const older = new Map<string, Promise<void>>();

  async function pull(roomId: string) {
    let fruitless = 0;
    for (let attempt = 0; fruitless < FRUITLESS;) {
      const state = room(roomId);
      const due = state && nextPull(state.log);
      if (!due) return;
      const before = state.log;
      try {
        const page = await request("message:history", { roomId, after: due.after, limit: limits.historyPage });
        dispatch(roomId, { type: "page", after: due.after, messages: page.messages, gap: page.gap });
        attempt = 0;
      } catch (error) {
        if (!mayRetry(error)) return onGone(roomId, error);
        await sleep(waitMs(error, attempt++, retrying));
        continue;
      }
      const after = room(roomId)?.log;
      const moved = after && (lastSeq(after) > lastSeq(before) || after.epoch !== before.epoch);
      fruitless = moved ? 0 : fruitless + 1;
      if (!moved) await sleep(delayMs(fruitless, retrying));
    }
  }

  return {
    /** The room's log changed: pulls if something is missing. */
    check({ id, log }: RoomState) {
      if (pulling.has(id) || !nextPull(log)) return;
      pulling.add(id);
      void sleep(log.held.length > 0 ? REORDER_MS : 0)
        .then(() => pull(id))
        .finally(() => pulling.delete(id));
    },

    /** Brings a page of older messages; resolves when it is there (or there is none). Rejects with PasserbyError. */
    older(roomId: string): Promise<void> {
      const running = older.get(roomId);
      const log = room(roomId)?.log;
      if (running) return running;
      if (!log?.older || log.base === undefined) return Promise.resolve();
      const before = log.base + 1;
      const job = request("message:history", { roomId, before, limit: OLDER_PAGE })
        .then(({ messages, more }) => dispatch(roomId, { type: "older", messages, more }))
        .finally(() => older.delete(roomId));
      older.set(roomId, job);
      return job;
    },

    /** The last pull of a room that ended: its log stays readable for a while. */
    async last(roomId: string) {
      const log = room(roomId)?.log;
      if (!log || log.base === undefined) return;
      const after = lastSeq(log);
      const page = await request("message:history", { roomId, after, limit: limits.historyPage }).catch(
        () => undefined,
      );
      if (page) dispatch(roomId, { type: "page", after, messages: page.messages, gap: page.gap });
    },

    /** After a reconnect: what changed in messages that were shown before. */
    async refresh(roomId: string) {
      const log = room(roomId)?.log;
      if (!log?.shown.length) return;
      const page = await request(
        "message:history",
        { roomId, before: lastSeq(log) + 1, limit: REFRESH_PAGE },
        { once: true },
      ).catch(() => undefined);
      if (page) dispatch(roomId, { type: "page", messages: page.messages });
    },
  };
}

/** What happens by the clock: the node's heartbeat, the reaper, the queue's widening, catching up on lost pushes, live numbers. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { PasserbyError } from "../shared/protocol/errors.ts";
import type { Cursor, Stats } from "../shared/protocol/index.ts";
import { isRedisTrouble } from "../shared/redis.ts";
import { askMs, beatMs } from "../shared/stores/leases.ts";
import { eventWindowMs } from "../shared/stores/limits.ts";
import { askWaiting } from "./asking.ts";
import { carried } from "./calls.ts";
import type { NodeContext } from "./context.ts";
import { endLocally, WATCHERS } from "./presence.ts";

const BATCH = 200;
const ALIVE_MS = 1_000;
const TICK_MS = 500;
const STATS_MS = 1_000;
const LOG_MS = 60_000;
const startedAt = new Date().toISOString();

/** Starts all that happens by the clock, and a beat whenever Redis is (back) there. @returns stops it */
export function startBeats(ctx: NodeContext, redis: Redis): () => void {
  const { stores, guests, fanOut, nodeId, io, logger, admission, metrics } = ctx;
  let limited = 0;
  let inboxLost = false;
  /** Rooms that are gone, and when that was first seen: what ends one by right tells it itself, and first. */
  let gone = new Map<string, number>();
  /** Where the logs ended at the last beat: of another end now, some of it may be under way still. */
  let lastEnds = new Map<string, Cursor>();

  const report = () => ({
    id: nodeId,
    pid: process.pid,
    sockets: io.of("/").sockets.size,
    rooms: fanOut.lastTold.size,
    eventLoopLagMs: admission.lagMs,
    rssBytes: process.memoryUsage.rss(),
    state: ctx.state,
    startedAt,
    limited,
  });

  async function sayAlive(): Promise<void> {
    limited = Math.round(limited * (1 - ALIVE_MS / eventWindowMs)) + ctx.limited; // about a minute's worth
    ctx.limited = 0;
    const asked = Date.now();
    const { redisNowMs, inboxLagMs, inboxMade } = await stores.nodes.beat(report());
    inboxLost ||= inboxMade;
    metrics.measured(inboxLagMs, admission.lagMs);
    metrics.redisAheadMs = redisNowMs - (asked + Date.now()) / 2;
  }

  /**
   * Taken for dead, or out of reach for longer than its lease: what was meant for this node is lost, who left, what a call has
   * become, what was deleted. The guests come back with their cursors, and the welcome says how things are.
   */
  function reopen(): void {
    inboxLost = false;
    const { sockets } = io.of("/");
    if (sockets.size > 0) logger.warn({ sockets: sockets.size }, "the inbox was lost: guests come in anew");
    for (const socket of sockets.values()) socket.conn.close();
  }

  let beating: Promise<void> | undefined;
  const beat = () => (beating ??= beatOnce().finally(() => (beating = undefined)));

  async function beatOnce(): Promise<void> {
    fanOut.prune();
    const all = guests.all();
    for (let start = 0; start < all.length; start += BATCH) {
      // Whoever left during the batches before must not be revived.
      const part = all.slice(start, start + BATCH).filter((guest) => guests.get(guest.id) === guest);
      const answers = await stores.presence.beat(
        nodeId,
        part.map(({ id: userId, active }) => ({ userId, active })),
      );
      for (const guest of part) guest.active = false;
      for (const { userId, ended, bannedUntilMs } of answers) {
        if (ended) endLocally(ctx, userId, "expired");
        else if (bannedUntilMs) endLocally(ctx, userId, "banned", bannedUntilMs); // the inbox should have said so
      }
    }
    if (inboxLost) reopen(); // after those whose session is over, who were told so
    await stores.calls.beat(carried(ctx));
    await catchUp();
  }

  /**
   * A push may be lost between Redis and here; the log is not (D8). What is new since the last beat may be under way, and would
   * be told twice. A log that knows less than we told was rolled back.
   */
  async function catchUp(): Promise<void> {
    const local = [...fanOut.lastTold];
    const endsNow = new Map<string, Cursor>();
    const goneNow = new Map<string, number>();
    for (let start = 0; start < local.length; start += BATCH) {
      // Whose guests left during the batches before is not to be told here again.
      const part = local.slice(start, start + BATCH).filter(([roomId]) => fanOut.holds(roomId));
      const ends = await stores.rooms.ends(
        nodeId,
        part.map(([roomId]) => roomId),
      );
      for (const [i, end] of ends.entries()) {
        const [roomId, told] = part[i]!;
        if (!end) {
          const sinceMs = gone.get(roomId) ?? performance.now();
          goneNow.set(roomId, sinceMs);
          if (performance.now() - sinceMs > beatMs / 2) tellGone(roomId); // the beat of a link that is back may be early
          continue;
        }
        const before = lastEnds.get(roomId);
        endsNow.set(roomId, end);
        if (end.epoch !== told.epoch) await tellMissed(roomId, Math.max(0, end.seq - 1));
        else if (before?.epoch === told.epoch && before.seq > told.seq) await tellMissed(roomId, told.seq);
        else if (end.seq < told.seq) await stores.rooms.renewEpoch(roomId, told);
      }
    }
    gone = goneNow;
    lastEnds = endsNow;
  }

  function tellGone(roomId: string): void {
    fanOut.tell(roomId, "room:closed", { roomId, reason: "gone" });
    fanOut.clear(roomId);
  }

  async function tellMissed(roomId: string, after: number): Promise<void> {
    const missed = await stores.messages.missed(roomId, after).catch((error: unknown) => {
      if (error instanceof PasserbyError) return []; // it ended in between
      throw error;
    });
    for (const told of missed) fanOut.message(told);
  }

  let lastStats = "";
  async function tellStats(): Promise<void> {
    if (!fanOut.holds(WATCHERS)) return;
    const stats: Stats = await stores.stats.live();
    const text = JSON.stringify({ ...stats, timestamp: "" });
    if (text !== lastStats) fanOut.tell(WATCHERS, "stats:updated", stats);
    lastStats = text;
  }

  const stop = new AbortController();
  /** Again and again, never two at once; a failure is Redis' and passes. */
  async function every(ms: number, what: string, work: () => Promise<void>): Promise<void> {
    while (!stop.signal.aborted) {
      await work().catch(
        (error: unknown) => isRedisTrouble(error) || logger.error({ what, err: error }, "beat failed"),
      );
      await sleep(ms * (0.9 + Math.random() * 0.2), undefined, { signal: stop.signal }).catch(() => {});
    }
  }
  redis.on("ready", () => {
    sayAlive()
      .then(beat)
      .catch((error: unknown) => logger.debug({ err: error }, "beat failed"));
  });
  void every(ALIVE_MS, "late", async () => admission.measure());
  void every(ALIVE_MS, "alive", sayAlive);
  void every(beatMs, "beat", beat);
  void every(askMs, "ask", () => askWaiting(ctx));
  void every(TICK_MS, "match", () => stores.matching.tick());
  void every(TICK_MS, "calls", () => stores.calls.tick());
  void every(STATS_MS, "reap", () => stores.presence.reap());
  void every(STATS_MS, "stats", tellStats);
  void every(LOG_MS, "figures", async () => logger.info(metrics.line(ctx), "figures"));
  return () => stop.abort();
}

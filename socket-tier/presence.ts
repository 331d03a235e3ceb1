/** Leases, and what follows from them: the node's heartbeat, the reaper, catching up on lost pushes, live numbers for watchers. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { Stats, Status } from "../shared/protocol/index.ts";
import { beatMs } from "../shared/stores/leases.ts";
import { eventWindowMs } from "../shared/stores/nodes.ts";
import { isRedisTrouble } from "../shared/redis.ts";
import type { Handlers, NodeContext } from "./context.ts";
import type { InboxHandlers } from "./inbox.ts";

const BATCH = 200;
const ALIVE_MS = 1_000;
const TICK_MS = 500;
const STATS_MS = 1_000;
const WATCHERS = "stats";
const startedAt = new Date().toISOString();

export const presence = ({ stores }: NodeContext): Handlers<"stats:watch"> => ({
  "stats:watch": async (socket, { on }) => {
    await (on ? socket.join(WATCHERS) : socket.leave(WATCHERS));
    return stores.presence.stats();
  },
});

export const presenceInbox = (ctx: NodeContext): InboxHandlers => ({
  presence({ room, user, status }) {
    ctx.fanOut.tell(room!, "presence:changed", { roomId: room!, userId: user!, status: status as Status });
  },
  renamed({ user, name }) {
    const guest = ctx.guests.get(user!);
    if (guest) guest.username = name!;
  },
  /** The session is over, whoever said so (S2, S4). */
  close({ user, reason }) {
    endLocally(ctx, user!, reason!);
  },
});

function endLocally({ guests, eventLimit, logger }: NodeContext, userId: string, reason: string): void {
  for (const socket of guests.get(userId)?.sockets ?? []) {
    socket.emit("session:ended", { reason });
    socket.disconnect(true); // for good: there is nothing to come back to
  }
  // Here, after the last event that this node counted: earlier, the count would come back.
  eventLimit.forget(userId).catch((error: unknown) => logger.debug({ err: error }, "count left to lapse"));
}

/** Starts all that happens by the clock, and a beat whenever Redis is (back) there. @returns stops it */
export function startBeats(ctx: NodeContext, redis: Redis): () => void {
  const { stores, guests, fanOut, nodeId, io, logger } = ctx;
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  let limited = 0;

  const report = () => ({
    id: nodeId,
    pid: process.pid,
    sockets: io.of("/").sockets.size,
    rooms: fanOut.lastTold.size,
    eventLoopLagMs: Math.round((delay.mean || 0) / 1e4) / 100,
    rssBytes: process.memoryUsage.rss(),
    state: ctx.state,
    startedAt,
    limited,
  });

  async function sayAlive(): Promise<void> {
    limited = Math.round(limited * (1 - ALIVE_MS / eventWindowMs)) + ctx.limited; // about a minute's worth
    ctx.limited = 0;
    await stores.nodes.beat(report());
    delay.reset();
  }

  async function beat(): Promise<void> {
    fanOut.prune();
    const all = guests.all();
    for (let start = 0; start < all.length; start += BATCH) {
      const part = all.slice(start, start + BATCH);
      const answers = await stores.presence.beat(
        nodeId,
        part.map(({ id: userId, active }) => ({ userId, active })),
      );
      for (const guest of part) guest.active = false;
      for (const { userId, ended } of answers) if (ended) endLocally(ctx, userId, "expired");
    }
    await catchUp();
  }

  /** A push may be lost between Redis and here; the log is not (D8). */
  async function catchUp(): Promise<void> {
    const local = [...fanOut.lastTold.keys()];
    for (let start = 0; start < local.length; start += BATCH) {
      const part = local.slice(start, start + BATCH);
      const ends = await stores.rooms.ends(part);
      for (const [i, end] of ends.entries()) {
        const told = fanOut.lastTold.get(part[i]!);
        if (end && told !== undefined && end.seq > told) await tellMissed(part[i]!, told);
      }
    }
  }

  async function tellMissed(roomId: string, after: number): Promise<void> {
    const [member] = io.of("/").adapter.rooms.get(roomId) ?? [];
    const userId = member && io.of("/").sockets.get(member)?.data.userId;
    if (!userId) return;
    const { messages } = await stores.messages.history(userId, { roomId, after });
    for (const message of messages) fanOut.message(message);
  }

  let lastStats = "";
  async function tellStats(): Promise<void> {
    if (!fanOut.holds(WATCHERS)) return;
    const stats: Stats = await stores.presence.stats();
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
  void every(ALIVE_MS, "alive", sayAlive);
  void every(beatMs, "beat", beat);
  void every(TICK_MS, "match", () => stores.matching.tick());
  void every(STATS_MS, "reap", () => stores.presence.reap());
  void every(STATS_MS, "stats", tellStats);
  return () => stop.abort();
}

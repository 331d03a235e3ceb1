import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { io } from "socket.io-client";
import { describe, expect, test, vi } from "vitest";
import { startRedis } from "../local/redis.ts";
import type { Stats } from "../shared/protocol/index.ts";
import { presence as schemas } from "../shared/protocol/presence.ts";
import { key } from "../shared/stores/keys.ts";
import { beatMs, connectionLeaseMs } from "../shared/stores/leases.ts";
import { startTier } from "./faults/tier.ts";
import { startGroup } from "./support/groups.ts";
import { type Cluster, startCluster, Talker, until } from "./support/nodes.ts";
import { promised } from "./support/until.ts";

const tsx = { NODE_OPTIONS: "--import tsx" };
const words = ({ guests, activeUsers, sessions, rooms }: Stats) => ({ ...guests, activeUsers, sessions, rooms });

async function health(port: number, path: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(5_000) });
  return { status: response.status, body: await response.json() };
}

async function statsBecome(cluster: Cluster, expected: ReturnType<typeof words>, withinMs?: number): Promise<void> {
  const look = async () => words(await cluster.stores.stats.live());
  const same = async () => JSON.stringify(await look()) === JSON.stringify(expected);
  await until("the numbers are right", same, withinMs).catch(() => {});
  expect(await look()).toEqual(expected);
}

describe.concurrent("presence", () => {
  test("[M5] the numbers count guests, not sockets, and follow connects, matches, waits and goodbyes", async () => {
    await using cluster = await startCluster(2);
    const [a, b] = await cluster.pair();
    await cluster.connect(1, a.identity);
    const waiting = await cluster.connect(0);
    await waiting.ask("match:join", {});
    await cluster.guest(); // never connected
    const sessions = { active: 4, total: 4 };
    const all = { online: 3, searching: 1, connected: 2, activeUsers: 3, sessions, rooms: { pair: 1, group: 0 } };
    await statsBecome(cluster, all);
    const beat = await until("both nodes have reported", async () => {
      const stats = await cluster.stores.stats.nodes();
      return stats.connectedSockets === 4 && stats;
    });
    schemas.routes["GET /api/socket/stats"].answer.parse(beat);
    const reports = beat.nodes.map(({ sockets, state, pid }) => [sockets, state, pid]);
    expect(reports).toEqual(beat.nodes.map(() => [2, "ready", process.pid]));
    expect(reports).toHaveLength(2);
    expect([beat.rooms, beat.namespaces]).toEqual([1, [{ name: "/", sockets: 4 }]]);
    // By Redis' clock, which the leases are by: whoever asks may be a minute ahead.
    const now = vi.spyOn(Date, "now").mockReturnValue(Date.now() + 60_000);
    const [numbers, tier] = [cluster.stores.stats.live(), cluster.stores.stats.nodes()];
    now.mockRestore();
    expect(words(await numbers)).toEqual(all);
    expect((await tier).nodes).toHaveLength(2);
    waiting.close();
    // Long before the lease would have run out.
    await statsBecome(cluster, { ...all, online: 2, searching: 0 }, 1.5 * beatMs);
    await b.ask("match:leave", {});
    await statsBecome(cluster, { ...all, online: 2, searching: 0, connected: 0, rooms: { pair: 0, group: 0 } });
    await cluster.stores.sessions.end(b.user.id, "deleted");
    const left = { online: 1, searching: 0, connected: 0, activeUsers: 2, sessions: { active: 3, total: 4 } };
    await statsBecome(cluster, { ...left, rooms: { pair: 0, group: 0 } });
  });

  test("[M5] watchers, and only they, hear of changes at most once a second, and nothing while nothing changes", async () => {
    await using cluster = await startCluster(2);
    const [watcher, other] = [await cluster.connect(0), await cluster.connect(0)];
    schemas.events["stats:updated"].parse(await watcher.ask("stats:watch", { on: true }));
    for (let i = 0; i < 12; i++) {
      (await cluster.connect(1)).close();
      await sleep(100);
    }
    const total = await until("it hears the last", () => watcher.all("stats:updated").at(-1)?.sessions.total === 14);
    expect(total).toBe(true);
    await until("the last goodbye is told", () => {
      const last = watcher.all("stats:updated").at(-1);
      return last?.guests.online === 2 && last.activeUsers === 14;
    });
    const at = watcher.all("stats:updated").map(({ timestamp }) => Date.parse(timestamp)); // as the node made them
    const heard = at.length;
    expect(heard).toBeGreaterThan(1);
    expect(Math.min(...at.slice(1).map((ms, i) => ms - at[i]!))).toBeGreaterThanOrEqual(800); // a second, less its jitter
    await sleep(2_500); // nothing changes: nothing may come
    expect(watcher.all("stats:updated")).toHaveLength(heard);
    await watcher.ask("stats:watch", { on: false });
    await cluster.guest();
    await sleep(2_500);
    expect(watcher.all("stats:updated")).toHaveLength(heard);
    expect(other.all("stats:updated")).toEqual([]);
  });

  test("[M5] after a node was killed the numbers equal the live sockets within the lease and 5 s", async () => {
    await using cluster = await startCluster(1);
    await using tier = await startTier("socket-tier/index.ts", { ...cluster.env, ...tsx });
    await tier.begun();
    const stay = await cluster.connect(0);
    const lost = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const talker = new Talker(`http://127.0.0.1:${tier.port}`, await cluster.guest());
        await talker.welcomed();
        return talker;
      }),
    );
    await lost[0]!.ask("match:join", {}); // waits, and is a ghost from then on
    const numbers = { connected: 0, activeUsers: 6, sessions: { active: 6, total: 6 }, rooms: { pair: 0, group: 0 } };
    await statsBecome(cluster, { online: 6, searching: 1, ...numbers });
    process.kill((await tier.nodePid())!, "SIGKILL");
    await until("its sockets are gone", () => lost.every(({ socket }) => !socket.connected));
    await statsBecome(cluster, { online: 1, searching: 0, ...numbers }, connectionLeaseMs + beatMs);
    await until("its node is gone from the list", async () => {
      const stats = await cluster.stores.stats.nodes();
      return stats.connectedSockets === 1;
    });
    expect(stay.socket.connected).toBe(true);
  });

  test("[D1] a node says 503 while Redis is away, stays healthy, and is ready within 3 s of its return", async () => {
    const dir = await mkdtemp(join(tmpdir(), "passerby-presence-"));
    const redis = await startRedis({ dir });
    const cluster = await startCluster(1, { REDIS_URL: redis.url });
    cluster.redis.on("error", () => {});
    const { port } = cluster.nodes[0]!;
    const talker = await cluster.connect(0);
    expect(await health(port, "/health/ready")).toEqual({
      status: 200,
      body: { status: "ready", checks: { redis: true, storage: true } },
    });
    await redis[Symbol.asyncDispose]();
    await until("unready", async () => (await health(port, "/health/ready")).status === 503);
    expect((await health(port, "/health/ready")).body).toMatchObject({ status: "degraded", checks: { redis: false } });
    expect(await health(port, "/health")).toMatchObject({ status: 200, body: { status: "ok" } });
    expect((await health(port, "/elsewhere")).status).toBe(404);
    expect(await talker.raw("stats:watch", { on: false })).toMatchObject({ ok: false, error: { code: "unavailable" } });
    expect(talker.socket.connected).toBe(true);
    const again = await startRedis({ dir, port: Number(new URL(redis.url).port) });
    const from = Date.now();
    await until("ready again", async () => (await health(port, "/health/ready")).status === 200);
    expect(Date.now() - from).toBeLessThan(promised(3_000));
    await cluster[Symbol.asyncDispose]();
    await again[Symbol.asyncDispose]();
    await rm(dir, { recursive: true, force: true });
  });

  test("[S3] [D3] a node that was out of reach for its lease has its guests come in anew: none hears a room they have left", async () => {
    await using cluster = await startCluster(2);
    const { roomId, members } = await startGroup(cluster, 2);
    const [a, b] = members as [Talker, Talker];
    const tab = await cluster.connect(1, a.identity);
    await cluster.redis.del(key("inbox", a.welcome.nodeId)); // as the reaper does once the lease is over
    await tab.ask("room:leave", { roomId });
    await until("the connection is closed", () => !a.socket.connected);
    const { epoch } = await cluster.stores.rooms.read(b.user.id, roomId);
    const again = await cluster.connect(0, a.identity, { cursors: { [roomId]: { epoch, seq: 0 } } });
    expect(again.welcome).toMatchObject({ rooms: [], ended: [{ roomId }] });
    await b.say(roomId, "among us");
    await again.ask("stats:watch", { on: true });
    expect([...a.heard, ...again.heard].filter(({ event }) => event === "message:sent")).toEqual([]);
  });

  test("[M6] a pair goes to the nodes where one of the two is, however much they move about", async () => {
    await using cluster = await startCluster(3);
    const [here, , there] = cluster.nodes.map(({ id }) => id);
    const [a, b, roomId] = await cluster.pair(0, 1);
    const nodes = async () => (await cluster.redis.hget(key("room", roomId), "nodes"))!.split(" ").filter(Boolean);
    let last = b;
    for (const n of [2, 1, 0, 2]) {
      const before = last;
      last = await cluster.connect(n, b.identity);
      before.close(); // the last of theirs on that node
    }
    // Where the partner stays it is told at once: not what a beat would make good.
    const gone = async () => (await cluster.redis.zscore(key("where", b.user.id), here!)) === null;
    await until("theirs there is closed", gone);
    await last.ask("typing:set", { roomId, typing: true });
    expect(await a.next("typing:changed", promised(5_000))).toMatchObject({ userId: b.user.id });
    const where = [here!, there!].toSorted();
    await until("nowhere else", async () => (await nodes()).toSorted().join() === where.join(), promised(5_000));
    await a.say(roomId, "where are you?");
    expect((await last.next("message:sent")).message.text).toBe("where are you?");
    last.close();
    await until("they are away", async () => (await nodes()).join() === here, promised(5_000));
    const back = await cluster.connect(1, b.identity);
    await a.say(roomId, "welcome back");
    expect((await back.next("message:sent")).message.text).toBe("welcome back");
  });

  test("[D3] stop() tells guests when to come back and closes transports, so that they do", async () => {
    await using cluster = await startCluster(2);
    const talkers = await Promise.all(Array.from({ length: 6 }, () => cluster.connect(0)));
    const reasons: string[] = [];
    for (const { socket } of talkers) socket.on("disconnect", (reason) => reasons.push(reason));
    await cluster.nodes[0]!.stop();
    const told = await Promise.all(talkers.map((one) => one.next("server:draining")));
    const waits = told.map(({ reconnectInMs }) => reconnectInMs);
    expect(Math.max(...waits)).toBeLessThan(1_000); // SHUTDOWN_MS
    expect(new Set(waits).size).toBeGreaterThan(1); // not a herd
    await until("all are closed", () => reasons.length === 6);
    expect(new Set(reasons)).toEqual(new Set(["transport close"]));
    await expect(fetch(`http://127.0.0.1:${cluster.nodes[0]!.port}/health`)).rejects.toThrow("fetch failed");
    expect((await cluster.stores.stats.live()).guests.online).toBe(0);
    expect((await cluster.stores.stats.nodes()).nodes.map(({ id }) => id)).toEqual([cluster.nodes[1]!.id]);
  });

  test("[D3] SIGTERM: guests reconnect by themselves, elsewhere, and the process exits 0 within SHUTDOWN_MS", async () => {
    await using cluster = await startCluster(1);
    const SHUTDOWN_MS = "5000";
    await using tier = await startTier("socket-tier/index.ts", { ...cluster.env, ...tsx, SHUTDOWN_MS });
    await tier.begun();
    const guests = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const { user, token } = await cluster.guest();
        const url = `http://127.0.0.1:${tier.port}`;
        const auth = { token, protocol: 1 };
        const socket = io(url, { auth, transports: ["websocket"], forceNew: true, reconnectionDelay: 100 });
        const nodes: string[] = [];
        socket.on("session:welcome", ({ nodeId }: { nodeId: string }) => nodes.push(nodeId));
        // What a load balancer does for them: the next attempt goes to a node that is there.
        socket.on("server:draining", () => {
          (socket.io as unknown as { uri: string }).uri = `http://127.0.0.1:${cluster.nodes[0]!.port}`;
        });
        await until("welcomed", () => nodes.length === 1);
        return { user, socket, nodes };
      }),
    );
    const { code, ms } = await tier.stop();
    expect([code, ms < Number(SHUTDOWN_MS)]).toEqual([0, true]);
    await until("all are back", () => guests.every(({ nodes }) => nodes.length === 2));
    expect(new Set(guests.map(({ nodes }) => nodes[1]))).toEqual(new Set([cluster.nodes[0]!.id]));
    expect((await cluster.stores.stats.live()).guests.online).toBe(5);
    for (const { socket } of guests) socket.disconnect();
  });
});

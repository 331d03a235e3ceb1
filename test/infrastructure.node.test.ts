/** One node whose Redis is not there, is full or goes away: what it was about to write, and what it leaves behind. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { freePort } from "../local/port.ts";
import { startRedis } from "../local/redis.ts";
import { loadConfig } from "../shared/config.ts";
import { createLogger } from "../shared/logger.ts";
import { startNode } from "../socket-tier/node.ts";
import { bundle, startTier } from "./faults/tier.ts";
import { startCluster } from "./support/nodes.ts";
import { promised, until } from "./support/until.ts";

test("Redis away at the start: alive, not ready, and ready without a restart once it is there", async () => {
  const dir = await mkdtemp(join(tmpdir(), "passerby-boot-"));
  const port = await freePort();
  const env = { NODE_ENV: "production", JWT_KEYS: "test:0123456789abcdef0123456789abcdef", LOG_LEVEL: "warn" };
  await using tier = await startTier(await bundle(), { ...env, REDIS_URL: `redis://127.0.0.1:${port}` });
  await until("it is alive", async () => (await tier.health("/health")) === 200);
  expect(await tier.health("/health/ready")).toBe(503);
  const pid = await tier.nodePid();
  const redis = await startRedis({ dir, port });
  const from = Date.now();
  await tier.ready(promised(5_000));
  console.log(JSON.stringify({ what: "down at boot", readyMs: Date.now() - from }));
  expect(await tier.nodePid()).toBe(pid);
  expect(tier.output()).not.toMatch(/unhandled|a fault of ours|cannot listen/i);
  await redis[Symbol.asyncDispose]();
  await rm(dir, { recursive: true });
});

test("a node that is told to stop while it waits for Redis stops, and leaves no rejection behind", async () => {
  const unhandled = vi.fn<(error: unknown) => void>();
  process.on("unhandledRejection", unhandled);
  const nobody = `redis://127.0.0.1:${await freePort()}`;
  for (const early of [true, false]) {
    const config = loadConfig({ NODE_ENV: "test", REDIS_URL: nobody, SOCKET_PORT: String(await freePort()) });
    const hurry = new AbortController();
    const starting = startNode(config, createLogger("silent"), hurry.signal);
    if (!early) await sleep(200);
    hurry.abort();
    await (await starting).stop();
  }
  await sleep(50);
  expect(unhandled).not.toHaveBeenCalled();
  process.off("unhandledRejection", unhandled);
});

test("what the adapter cannot write is counted and bounded, local sockets hear it in time, nothing is left unhandled", async () => {
  const dir = await mkdtemp(join(tmpdir(), "passerby-adapter-"));
  const port = await freePort();
  const server = await startRedis({ dir, port });
  const cluster = await startCluster(1, { REDIS_URL: server.url });
  const talker = await cluster.connect(0);
  const { io: sockets, publishing } = cluster.nodes[0]!.context;
  const unhandled = vi.fn<(error: unknown) => void>();
  process.on("unhandledRejection", unhandled);
  const own = talker.welcome.connectionId;
  const tell = () => sockets.to(own).emit("typing:changed", { roomId: "room", userId: "x", typing: true });
  tell();
  await talker.next("typing:changed");
  expect(publishing.failed).toBe(0);

  await cluster.redis.config("SET", "maxmemory", "1");
  for (let i = 0; i < 5; i++) tell();
  await until("OOM is counted", () => publishing.failed === 5);
  await until("heard all the same", () => talker.all("typing:changed").length === 6);
  await cluster.redis.config("SET", "maxmemory", "0");

  cluster.redis.on("error", () => {});
  await server[Symbol.asyncDispose]();
  for (let i = 0; i < 1_500; i++) tell();
  expect(publishing).toEqual({ failed: 5, waiting: 1_000 }); // 500 were refused at once, and say so in a moment
  await until("none is waited for without end", () => publishing.failed === 1_505);
  await until("heard all the same", () => talker.all("typing:changed").length === 1_506);
  const again = await startRedis({ dir, port });
  await until("what waited is written", () => publishing.waiting === 0);
  expect(unhandled).not.toHaveBeenCalled();
  process.off("unhandledRejection", unhandled);
  await cluster[Symbol.asyncDispose]();
  await again[Symbol.asyncDispose]();
  await rm(dir, { recursive: true });
});

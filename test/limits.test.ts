/** What one guest or one connection may cost a node: bounded, and paid by nobody else. */
import { readFileSync } from "node:fs";
import { connect, type Socket as Tcp } from "node:net";
import { Redis } from "ioredis";
import { beforeAll, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { loadConfig } from "../shared/config.ts";
import { limits } from "../shared/protocol/limits.ts";
import { createStores, type Stores } from "../shared/stores/index.ts";
import { Admission } from "../socket-tier/admission.ts";
import { createLogger } from "../shared/logger.ts";
import { type Crowd, gather, percentiles } from "./faults/crowd.ts";
import { flood } from "./faults/flood.ts";
import { bundle, injecting, startTier, type TierProcess } from "./faults/tier.ts";
import { Attacker } from "./support/attacker.ts";
import { listenToLog } from "./support/log.ts";
import { startCluster } from "./support/nodes.ts";
import { freshRedisUrl } from "./support/redis.ts";
import { promised, until } from "./support/until.ts";

const JWT_KEYS = "test:0123456789abcdef0123456789abcdef";
let env: Record<string, string>;
let stores: Stores;

beforeAll(async () => {
  env = { REDIS_URL: await freshRedisUrl(), JWT_KEYS, NODE_ENV: "production", LOG_LEVEL: "info", SHUTDOWN_MS: "1000" };
  Object.assign(env, { SOCKETS_PER_ADDRESS: "0", EVENTS_PER_MINUTE: "1000000" });
  const redis = new Redis(env.REDIS_URL!);
  stores = createStores({ redis, config: loadConfig(env) });
  return () => redis.disconnect();
});

async function startNodeProcess(settings: Record<string, string> = {}): Promise<TierProcess> {
  const tier = await startTier(await bundle(), { ...env, ...settings });
  await tier.begun();
  return tier;
}

const crowdOf = (port: number, count: number): Promise<Crowd> => gather(stores, JWT_KEYS, port, count);
const rssMB = (pid: number) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1024;
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

test("[A2] sockets per node: full is full, until somebody goes", async () => {
  await using cluster = await startCluster(1, { SOCKETS_PER_NODE: "4" });
  const { port } = cluster.nodes[0]!;
  const talkers = await Promise.all(range(4).map(() => cluster.connect(0)));
  expect((await Attacker.open(port)).status).toBe(400);
  expect((await talkers[0]!.raw("stats:watch", { on: false })).ok).toBe(true);
  talkers[1]!.close();
  await until("there is room again", async () => (await Attacker.open(port)).status === 101);
});

const fromHere = { headers: {}, socket: { remoteAddress: "::1" } } as Parameters<Admission["allowRequest"]>[0];
function admits(admission: Admission): boolean {
  let admitted = false;
  admission.allowRequest(fromHere, (_, ok) => (admitted = ok));
  return admitted;
}

/** This process's loop turns only every so often for a while. */
async function busy(ms: number): Promise<void> {
  for (let i = 0; i < 4; i++) {
    for (const end = Date.now() + ms; Date.now() < end;);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

test("a node whose event loop is late takes nobody new, keeps whom it has, and takes them again", async () => {
  await using tier = await startNodeProcess(injecting("block"));
  using crowd = await crowdOf(tier.port, 10);
  const pid = (await tier.nodePid())!;
  const admits = async () => {
    const attacker = await Attacker.open(tier.port);
    attacker.close();
    return attacker.status === 101;
  };
  const blocking = setInterval(() => process.kill(pid, "SIGUSR2"), 470);
  try {
    await until("it sheds", async () => !(await admits()));
    for (const guest of crowd.guests) expect(await guest.ask("stats:watch", { on: false })).toMatchObject({ ok: true });
  } finally {
    clearInterval(blocking);
  }
  await until("it takes new ones again", admits);
  expect(crowd.guests.every(({ online, backMs }) => online && backMs.length === 0)).toBe(true);
  await until("the log says so", () => /late: shedding[^]*in time again/.test(tier.output()));
});

test("a node's own start does not count as late, nor does what was before it is asked for the first time", async () => {
  const admission = new Admission(loadConfig({ NODE_ENV: "test" }), createLogger("silent"));
  await busy(400);
  admission.measure();
  expect([admits(admission), admission.lagMs]).toEqual([true, 0]);
  await busy(400);
  admission.measure();
  expect(admits(admission)).toBe(false); // or nobody looked
  admission.stop();
});

test("shedding has hysteresis: between the two bounds nothing changes", async () => {
  const admission = new Admission(loadConfig({ NODE_ENV: "test" }), createLogger("silent"));
  async function late(ms: number): Promise<boolean> {
    await busy(ms);
    admission.measure();
    return admits(admission);
  }
  admission.measure();
  expect(await late(170)).toBe(true);
  expect(await late(400)).toBe(false);
  expect(await late(170)).toBe(false);
  expect(await late(5)).toBe(true);
  expect(await late(170)).toBe(true);
  admission.stop();
});

test("[A2] a storm of refused sockets is a line in ten seconds for each reason, and counted whole", () => {
  using log = listenToLog();
  vi.useFakeTimers({ toFake: ["Date"] });
  const admission = new Admission(loadConfig({ NODE_ENV: "test", SOCKETS_PER_NODE: "1" }), createLogger("warn"));
  const knock = (times: number) => {
    for (let i = 0; i < times; i++) admission.allowRequest(fromHere, (_, ok) => expect(ok).toBe(false));
  };
  try {
    admission.opened(fromHere);
    knock(1_000);
    vi.advanceTimersByTime(10_000);
    knock(1);
    expect(log.lines().map(({ msg, times }) => [msg, times])).toEqual([
      ["socket refused: full", 1],
      ["socket refused: full", 1_000],
    ]);
    expect(admission.refused).toEqual({ origin: 0, late: 0, full: 1_001, address: 0, handshakes: 0 });
  } finally {
    vi.useRealTimers();
    admission.stop();
  }
});

test("[A2] who never finishes the handshake is cut in 5 s and holds little memory; others come in meanwhile", async () => {
  await using tier = await startNodeProcess();
  const pid = (await tier.nodePid())!;
  const count = 300;
  const before = rssMB(pid);
  const from = Date.now();
  const closedAfterMs: number[] = [];
  const noted = (socket: Tcp) => {
    socket.on("error", () => {});
    socket.on("close", () => closedAfterMs.push(Date.now() - from));
    socket.resume();
    return socket;
  };
  const open = (...lines: string[]) => noted(connect(tier.port, "127.0.0.1")).write(lines.join("\r\n"));
  const slow: NodeJS.Timeout[] = [];
  for (let i = 0; i < count; i++) {
    open(""); // says nothing at all
    const socket = noted(connect(tier.port, "127.0.0.1"));
    socket.write("GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n");
    slow.push(setInterval(() => socket.writable && socket.write(`X-Slow-${Date.now()}: 1\r\n`), 1_000)); // slowloris
  }
  const silent = await Promise.all(range(count).map(() => Attacker.open(tier.port)));
  expect(silent.every(({ status }) => status === 101)).toBe(true); // a websocket that never says who it is
  {
    using crowd = await crowdOf(tier.port, 5);
    const grown = rssMB(pid) - before;
    await until(
      "all are cut",
      () => closedAfterMs.length === 2 * count && silent.every(({ closed }) => closed),
      promised(12_000),
    );
    for (const timer of slow) clearInterval(timer);
    const cut = percentiles(closedAfterMs);
    console.log(JSON.stringify({ what: "unfinished handshakes", count: 3 * count, grownMB: Math.round(grown), cut }));
    expect(cut.maxMs).toBeLessThan(promised(limits.connectTimeoutMs + 3_000));
    expect(cut.p50Ms).toBeGreaterThan(3_000); // and not because the node has gone
    expect(grown).toBeLessThan((3 * count * 60) / 1024);
    for (const guest of crowd.guests) expect(await guest.ask("stats:watch", { on: false })).toMatchObject({ ok: true });
  }
});

test("[P2] a frame of more than 64 kB closes that connection and no other", async () => {
  await using cluster = await startCluster(1);
  const honest = await cluster.connect(0);
  const attacker = await Attacker.open(cluster.nodes[0]!.port);
  await attacker.login((await cluster.guest()).token);
  attacker.send({ data: `42["stats:watch",${JSON.stringify("x".repeat(limits.frameBytes - 40))}]` });
  attacker.send({ data: `420["stats:watch",{"on":false}]` });
  await until("the frame within the limit was taken", () => attacker.heard.some((text) => text.startsWith("430")));
  attacker.send({ data: `42["stats:watch",${JSON.stringify("x".repeat(limits.frameBytes))}]` });
  attacker.send({ data: `421["stats:watch",{"on":false}]` });
  // Not merely some day, for not answering pings.
  const answered = () => attacker.heard.some((text) => text.startsWith("431"));
  await until("it is cut, or answered", () => attacker.closed || answered());
  expect([attacker.closed, answered()]).toEqual([true, false]);
  expect((await honest.raw("stats:watch", { on: false })).ok).toBe(true);
});

test("[A3] a slow reader under a flood is cut, the node's memory stays, and the others are served", async () => {
  await using tier = await startNodeProcess(injecting("collect"));
  const figures = await flood(tier, stores, JWT_KEYS, { before: 10_000, messages: 50_000, textBytes: 2_000 });
  console.log(JSON.stringify({ what: "slow reader", ...figures }));
  expect(figures.refused).toBe(0);
  expect(figures.grownMB).toBeLessThanOrEqual(20); // uncut 70 and more
  expect(figures.others.p99Ms).toBeLessThan(promised(2 * Math.max(15, figures.othersBefore.p99Ms)));
}, 120_000);

test("[A3] a megabyte unread, waiting or written, is what a reader is cut at; then nothing of it is kept", async () => {
  await using cluster = await startCluster(1);
  const talker = await cluster.connect(0);
  const [socket] = cluster.nodes[0]!.context.io.of("/").sockets.values();
  const engine = socket!.conn as unknown as {
    once(event: string, heard: () => void): void;
    writeBuffer: { data: string }[];
    transport: { socket: { bufferedAmount: number; readyState: number } };
  };
  const transport = engine.transport.socket;
  let unread = 0;
  engine.once("close", () => {
    unread = transport.bufferedAmount;
    for (const { data } of engine.writeBuffer) unread += Buffer.byteLength(data);
  });
  (talker.socket.io.engine.transport as unknown as { ws: WebSocket }).ws.pause();
  const typing = { roomId: "€".repeat(1_000), userId: "x", typing: true };
  await until("it is cut", () => {
    for (let i = 0; i < 100; i++) socket!.emit("typing:changed", typing);
    return !socket!.connected;
  });
  expect(unread).toBeGreaterThan(limits.unreadBytes - 10_000);
  expect(unread).toBeLessThanOrEqual(limits.unreadBytes);
  // A goodbye would wait behind what nobody reads, for half a minute.
  await until(
    "the link is gone",
    () => transport.readyState === WebSocket.CLOSED && transport.bufferedAmount === 0,
    20_000,
  );
});

test("[A3] without the cut what is unread only grows: the flood above does fill a connection", async () => {
  await using cluster = await startCluster(1);
  const talker = await cluster.connect(0);
  const [socket] = cluster.nodes[0]!.context.io.of("/").sockets.values();
  const engine = socket!.conn as unknown as {
    removeAllListeners(event: string): void;
    writeBuffer: unknown[];
    transport: { socket: { bufferedAmount: number; _socket: Tcp } };
  };
  const transport = engine.transport.socket;
  engine.removeAllListeners("packetCreate");
  const raw = (talker.socket.io.engine.transport as unknown as { ws: WebSocket }).ws;
  raw.pause();
  const typing = { roomId: "€".repeat(1_000), userId: "x", typing: true };
  let told = 0;
  await until("more is unread than the limit", () => {
    for (let i = 0; i < 500; i++) socket!.emit("typing:changed", typing);
    told += 500;
    return (
      transport.bufferedAmount + engine.writeBuffer.length * 3_000 > 4 * limits.unreadBytes &&
      told > 5 * limits.unreadPackets
    );
  });
  expect(socket!.connected).toBe(true);
  raw.terminate();
});

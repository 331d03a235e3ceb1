/** The life of the tier: what a primary makes of nodes that die, hang or fail, and how all of it ends. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { Redis } from "ioredis";
import { afterEach, beforeAll, expect, test } from "vitest";
import { freePort } from "../local/port.ts";
import { loadConfig } from "../shared/config.ts";
import { createStores, type Stores } from "../shared/stores/index.ts";
import { startBalancer } from "./faults/balancer.ts";
import { type Crowd, gather, percentiles } from "./faults/crowd.ts";
import { bundle, injecting, startTier, type TierProcess } from "./faults/tier.ts";
import { freshRedisUrl } from "./support/redis.ts";
import { promised, until } from "./support/until.ts";

const JWT_KEYS = "test:0123456789abcdef0123456789abcdef";
let env: Record<string, string>;
let stores: Stores;
let started: TierProcess[] = [];

beforeAll(async () => {
  env = { REDIS_URL: await freshRedisUrl(), JWT_KEYS, NODE_ENV: "production", LOG_LEVEL: "info", SHUTDOWN_MS: "1000" };
  env.SOCKETS_PER_ADDRESS = "0";
  const redis = new Redis(env.REDIS_URL!);
  stores = createStores({ redis, config: loadConfig(env) });
  return () => redis.disconnect();
});

afterEach(async () => {
  const all = started;
  started = [];
  await Promise.all(all.map((tier) => tier[Symbol.asyncDispose]()));
  for (const tier of all) await until("no process is left", async () => (await tier.running()).length === 0);
});

async function start(settings: Record<string, string> = {}, port?: number): Promise<TierProcess> {
  const tier = await startTier(await bundle(), { ...env, ...settings }, port);
  started.push(tier);
  return tier;
}

async function ready(settings?: Record<string, string>): Promise<TierProcess> {
  const tier = await start(settings);
  await tier.begun();
  return tier;
}

/** Waits until another process has the node's place and serves. @returns how long it took */
async function replaced(tier: TierProcess, gone: number, from: number, withinMs = 30_000): Promise<number> {
  await until(
    `another node than ${gone}`,
    async () => {
      const pids = await tier.nodePids();
      return pids.length > 0 && !pids.includes(gone);
    },
    withinMs,
  );
  await tier.ready(withinMs);
  return Date.now() - from;
}

const crowdOf = (port: number, count: number) => gather(stores, JWT_KEYS, port, count);
const lines = (tier: TierProcess) =>
  tier
    .output()
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as { msg: string; time: string; code?: number });
const allOnline = (crowd: Crowd) => crowd.online() === crowd.guests.length;

test("[D3] a node killed in service is replaced at once, however often, and its guests are back", async () => {
  const tier = await ready();
  using crowd = await crowdOf(tier.port, 20);
  const replacedMs: number[] = [];
  for (let times = 1; times <= 5; times++) {
    const [pid] = await tier.nodePids();
    const from = Date.now();
    process.kill(pid!, "SIGKILL");
    replacedMs.push(await replaced(tier, pid!, from));
  }
  await until("all are back", () => allOnline(crowd) && crowd.guests.every(({ backMs }) => backMs.length > 0));
  expect(tier.child.exitCode).toBeNull(); // as many exits as a crash loop has
  console.log(JSON.stringify({ what: "killed", replacedMs }));
});

test("a node that keeps exiting is started again with growing pauses, five times; then the primary exits 1", async () => {
  const tier = await start(injecting("exit"));
  expect(await tier.exited).toBe(1);
  const exits = lines(tier).filter(({ msg }) => msg === "node exited");
  expect(exits.map(({ code }) => code)).toEqual([7, 7, 7, 7, 7]);
  expect(tier.output()).toContain("nodes keep exiting: giving up");
  const at = exits.map(({ time }) => Date.parse(time));
  // The pauses are 100–200, 200–400, 400–800 and 800–1,600 ms, plus the start of a process.
  expect(at[4]! - at[3]!).toBeGreaterThanOrEqual(800);
  expect(at.at(-1)! - at[0]!).toBeGreaterThanOrEqual(1_500);
});

test("nodes that are killed before they ever served are a crash loop as well", async () => {
  const tier = await start({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` }); // never ready
  let last = 0;
  await until("the primary gives up", async () => {
    const [pid] = await tier.nodePids();
    if (pid && pid !== last) process.kill((last = pid), "SIGKILL");
    return tier.child.exitCode !== null;
  });
  expect([await tier.exited, tier.output().includes("giving up")]).toEqual([1, true]);
});

test("a node whose event loop is blocked is killed and replaced within 10 s, while the other serves", async () => {
  // By the primary's clock here, no node was heard of in time: the one that hangs is found out all the same, and it alone.
  const tier = await start({ WORKERS: "2", EVENTS_PER_MINUTE: "1000000", ...injecting("hang"), CLOCK: "steps" });
  await until("two nodes are ready", () => lines(tier).filter(({ msg }) => msg === "node ready").length === 2);
  using crowd = await crowdOf(tier.port, 40);
  const [hung, other] = await tier.nodePids();
  const nodes = (await stores.stats.nodes()).nodes;
  const nodeId = nodes.find((node) => node.pid === other)!.id;
  const unaffected = crowd.guests.filter((guest) => guest.nodeId === nodeId);
  expect(unaffected.length).toBeGreaterThan(5);
  /** @returns what one of them waits for its answer */
  async function ask(): Promise<number> {
    const at = performance.now();
    for (const guest of unaffected) expect(await guest.ask("stats:watch", { on: false })).toMatchObject({ ok: true });
    return (performance.now() - at) / unaffected.length;
  }
  const before: number[] = [];
  while (before.length < 30) before.push(await ask());
  const from = Date.now();
  process.kill(hung!, "SIGUSR2");
  const meanwhile: number[] = [];
  let watching = true;
  const serving = (async () => {
    while (watching) {
      meanwhile.push(await ask());
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  await until("the hung node is gone", async () => !(await tier.nodePids()).includes(hung!));
  const killedMs = Date.now() - from;
  await until("another is there", () => lines(tier).filter(({ msg }) => msg === "node ready").length === 3);
  const replacedMs = Date.now() - from;
  await until("all are back", () => allOnline(crowd));
  watching = false;
  await serving;
  expect(unaffected.every((guest) => guest.backMs.length === 0)).toBe(true);
  expect(tier.output()).toContain("node hangs: killed");
  const othersAsk = { before: percentiles(before), meanwhile: percentiles(meanwhile) };
  console.log(JSON.stringify({ what: "event loop blocked", killedMs, replacedMs, othersAsk }));
  expect(replacedMs).toBeLessThan(promised(10_000));
  expect(othersAsk.meanwhile.p99Ms).toBeLessThan(promised(2 * Math.max(15, othersAsk.before.p99Ms)));
});

test("a connection handed to a node that dies before it took it is closed: its guest does not wait for nothing", async () => {
  const tier = await start({ WORKERS: "2" });
  await until("two nodes are ready", () => lines(tier).filter(({ msg }) => msg === "node ready").length === 2);
  const [stopped] = await tier.nodePids();
  process.kill(stopped!, "SIGSTOP");
  await until("it is stopped", () => / T /.test(readFileSync(`/proc/${stopped}/stat`, "utf8")));
  const links = Array.from({ length: 4 }, () => {
    const socket = connect(tier.port, "127.0.0.1").on("error", () => {});
    const link = { socket, answered: false, closed: false };
    socket.on("data", () => (link.answered = true)).on("close", () => (link.closed = true));
    socket.write("GET /health HTTP/1.1\r\nHost: tier\r\n\r\n");
    return link;
  });
  // A node is offered one at a time, so one of these is with the node that is stopped.
  await until("the other node answers", () => links.filter(({ answered }) => answered).length === 3);
  const waiting = links.find(({ answered }) => !answered)!;
  expect(waiting.closed).toBe(false);
  process.kill(stopped!, "SIGKILL");
  await until("it is closed", () => waiting.closed, 20_000);
  for (const { socket } of links) socket.destroy();
});

test("[D3] a node that is alone with its primary and has much to do in each turn takes those who come many a turn, not one", async () => {
  const tier = await ready(injecting("busy"));
  process.kill((await tier.nodePid())!, "SIGUSR2");
  const turns = () => tier.output().split("turn\n").length - 1;
  await until("it is busy", () => turns() > 2);
  const before = turns();
  const asked = Array.from({ length: 64 }, () => {
    const socket = connect(tier.port, "127.0.0.1", () => socket.write("GET /health HTTP/1.1\r\nhost: x\r\n\r\n"));
    return { socket, answered: once(socket, "data") };
  });
  await Promise.all(asked.map(({ answered }) => answered));
  const took = turns() - before;
  for (const { socket } of asked) socket.destroy();
  expect(took).toBeLessThan(32);
});

test("[D3] SIGTERM with 1,000 sockets: exit 0 within SHUTDOWN_MS, all guests elsewhere", async () => {
  const [one, two] = await Promise.all([ready({ SHUTDOWN_MS: "5000" }), ready()]);
  await using front = await startBalancer([one.port]);
  using crowd = await crowdOf(front.port, 1_000);
  front.aim([two.port]);
  const { code, ms } = await one.stop();
  expect(code).toBe(0);
  expect(ms).toBeLessThan(promised(5_000));
  await until("all are back", () => allOnline(crowd));
  expect(Object.keys(crowd.spread())).toHaveLength(1);
  const told = crowd.guests.filter((guest) => guest.heard.get("server:draining"));
  expect(told).toHaveLength(1_000);
  expect(lines(one).find(({ msg }) => msg === "draining")).toMatchObject({ sockets: 1_000 });
  const back = percentiles(crowd.guests.flatMap((guest) => guest.backMs));
  console.log(JSON.stringify({ what: "drained", sockets: 1_000, exitMs: ms, back }));
});

test("a second signal ends it now, exit code not 0", async () => {
  const tier = await ready({ SHUTDOWN_MS: "30000" });
  using crowd = await crowdOf(tier.port, 5);
  tier.child.kill("SIGTERM");
  await until("it drains", () => lines(tier).some(({ msg }) => msg === "draining"));
  expect(tier.child.exitCode).toBeNull();
  expect(crowd.guests.every((guest) => guest.ended === "")).toBe(true);
  const { code, ms } = await tier.stop("SIGTERM");
  expect(code).not.toBe(0);
  expect(ms).toBeLessThan(promised(2_000));
});

test.each(["throw", "reject"])(
  "a fault of ours (%s) moves the guests away and ends the node with 1, which is replaced",
  async (fault) => {
    const tier = await ready(injecting(fault));
    using crowd = await crowdOf(tier.port, 10);
    const [pid] = await tier.nodePids();
    const from = Date.now();
    process.kill(pid!, "SIGUSR2");
    await until("it leaves", () => lines(tier).some(({ msg }) => msg === "a fault of ours: draining"));
    await replaced(tier, pid!, from);
    await until("all are back", () => allOnline(crowd));
    expect(crowd.guests.every((guest) => guest.heard.get("server:draining")?.length === 1)).toBe(true);
    expect(lines(tier).filter(({ msg }) => msg === "node exited")).toMatchObject([{ code: 1 }]);
    expect(tier.output()).toContain("an injected fault");
    expect(tier.child.exitCode).toBeNull();
  },
);

test("killed with -9, the primary leaves no orphan: its nodes drain and exit", async () => {
  const tier = await ready({ WORKERS: "2" });
  using crowd = await crowdOf(tier.port, 10);
  process.kill(tier.child.pid!, "SIGKILL");
  await until("its nodes are gone", async () => (await tier.running()).length === 0);
  expect(crowd.guests.every((guest) => guest.heard.get("server:draining")?.length === 1)).toBe(true);
});

test("SIGTERM while Redis is away: exit 0 all the same, without a fault of ours", async () => {
  const tier = await start({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
  await until("it listens", async () => (await tier.health("/health")) === 200);
  const { code, ms } = await tier.stop();
  expect([code, tier.output()]).toEqual([0, expect.not.stringMatching(/a fault of ours|stop failed/)]);
  expect(ms).toBeLessThan(promised(1_000));
});

test("SIGTERM while Redis hangs, and no time for it: what was cut short says so, and is not exit 0", async () => {
  await using link = await startBalancer([Number(new URL(env.REDIS_URL!).port)]);
  const url = Object.assign(new URL(env.REDIS_URL!), { port: String(link.port) });
  const tier = await ready({ REDIS_URL: url.href, SHUTDOWN_MS: "300" });
  link.stall(true);
  const { code, ms } = await tier.stop();
  expect([code, tier.output()]).toEqual([1, expect.stringContaining("cut short")]);
  expect(ms).toBeLessThan(promised(1_000));
});

test("a wrong setting or a taken port: one line for the operator, exit 2", async () => {
  const wrong = await start({ SHUTDOWN_MS: "soon" });
  expect([await wrong.exited, wrong.output()]).toEqual([
    2,
    'SHUTDOWN_MS must be a whole number from 100 to 60000, not "soon"; for example SHUTDOWN_MS=5000\n',
  ]);
  const server = createServer().listen(0, "::");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const taken = await start({ WORKERS: "2", LOG_LEVEL: "silent" }, port);
  expect([await taken.exited, taken.output()]).toEqual([
    2,
    expect.stringMatching(new RegExp(`^the socket tier cannot listen on port ${port}: [^\n]*EADDRINUSE[^\n]*\n$`)),
  ]);
  server.close();
});

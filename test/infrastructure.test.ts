/** Redis half-open, full, read-only, slow, away, emptied: what guests are told meanwhile, and that it heals by itself. */
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { io, Socket } from "socket.io-client";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { connectRedis } from "../shared/redis.ts";
import { loadConfig } from "../shared/config.ts";
import { createLogger } from "../shared/logger.ts";
import { createTokens } from "../shared/tokens.ts";
import { createLimit } from "../shared/stores/limits.ts";
import { type Chatter, chat } from "./faults/chatter.ts";
import { gather, type LightGuest, percentiles } from "./faults/crowd.ts";
import { realGuest } from "./faults/guests.ts";
import { startWorld, type World } from "./faults/world.ts";
import { promised, until } from "./support/until.ts";

let world: World;
let guests: LightGuest[];
let chatter: Chatter;
let pids: (number | undefined)[];
const nodePids = () => Promise.all(world.tiers.map((tier) => tier.nodePid()));
const crowd = (count: number) => gather(world.stores, world.env.JWT_KEYS!, world.front.port, count);

beforeAll(async () => {
  world = await startWorld({ nodes: 2 });
  pids = await nodePids();
  guests = (await crowd(20)).guests;
  chatter = await chat(guests);
  await chatter.healed();
});
afterAll(async () => {
  await chatter?.stop();
  await world?.[Symbol.asyncDispose]();
});

/** What holds whatever happens to Redis: nobody exits, nothing acked is missing, nothing is stored twice. */
async function unharmed(): Promise<void> {
  expect(await chatter.check(world.redis)).toMatchObject({ falseAcks: 0, storedTwice: 0 });
  expect(await nodePids()).toEqual(pids);
  expect(world.logs()).not.toMatch(/unhandled|a fault of ours|request failed/i);
}

/** How often the guest who was refused least was, from that moment on. */
const refusedLeast = (from: number) => {
  const refused = chatter.since(from).filter(({ code }) => code === "unavailable");
  return Math.min(...guests.map((one) => refused.filter(({ guest }) => guest === one).length));
};

/** Breaks for a while, then mends; the nodes' health is asked throughout. @param lasts ms, or until each guest was refused twice */
async function trouble(lasts: number | "twice", on: () => Promise<unknown> | void, off: () => Promise<unknown> | void) {
  const from = Date.now() + 1; // what was asked in this very millisecond may have come through
  const goesOn = () => (lasts === "twice" ? refusedLeast(from) < 2 : true) && Date.now() - from < mostMs;
  const mostMs = lasts === "twice" ? promised(6_000) : lasts;
  const health: number[] = [];
  const ready: number[] = [];
  let longestMs = 0;
  await on();
  while (goesOn()) {
    const asked = world.tiers.map((tier) => Promise.all([tier.health("/health"), tier.health("/health/ready")]));
    for (const [one, two] of await Promise.all(asked)) {
      health.push(one ?? 0);
      ready.push(two ?? 0);
    }
    longestMs = Math.max(longestMs, chatter.waitingMs());
    await sleep(100);
  }
  const during = chatter.since(from).filter(({ code }) => code !== "lost");
  const codes = chatter.codesSince(from);
  const least = refusedLeast(from);
  await off();
  const healedMs = await chatter.healed();
  longestMs = Math.max(longestMs, ...during.map(({ ms }) => ms));
  await until("ready again", async () => (await world.tiers[0]!.health("/health/ready")) === 200);
  console.log(JSON.stringify({ what: expect.getState().currentTestName, codes, least, longestMs, healedMs }));
  await unharmed();
  return { codes, least, longestMs, healedMs, health: new Set(health), ready: new Set(ready) };
}

test("half-open for 15 s: every request is answered `unavailable` in time, the event loops turn, then all is well", async () => {
  const seen = await trouble(
    15_000, // longer than what a busy machine is allowed, or a request that hangs would pass
    () => world.back.stall(true),
    () => world.back.stall(false),
  );
  expect(Object.keys(seen.codes).filter((code) => !["lost", "unavailable"].includes(code))).toEqual([]);
  expect(seen.codes.unavailable).toBeGreaterThan(20);
  expect(seen.least).toBeGreaterThanOrEqual(Math.floor(15_000 / promised(2_200)));
  expect(seen.longestMs).toBeLessThan(promised(2_000));
  expect(seen.health).toEqual(new Set([200]));
  expect(seen.ready).toContain(503);
});

test("half-open for good: links that a router forgot are given up, and the nodes go on over new ones", async () => {
  const from = Date.now();
  expect(world.back.strand()).toBeGreaterThanOrEqual(8);
  await until("nobody is served", () => (chatter.codesSince(from).unavailable ?? 0) > 0);
  console.log(JSON.stringify({ what: "stranded links", healedMs: await chatter.healed(20_000) }));
  await until("ready again", async () => (await world.tiers[0]!.health("/health/ready")) === 200);
  await unharmed();
});

test("a client with ioredis' defaults hangs on a half-open link: what the answers above are measured against", async () => {
  const url = world.env.REDIS_URL!;
  const naive = new Redis(url);
  const logger = createLogger("silent");
  const ours = connectRedis(url, "stores", logger);
  const limiter = createLimit(connectRedis(url, "limiter", logger), "test", 4, 60_000);
  await Promise.all([naive.ping(), until("ours is ready", () => ours.status === "ready"), limiter.consume("a")]);
  world.back.stall(true);
  const settles = (work: Promise<unknown>) => Promise.race([work.then(String, String), sleep(3_000, "hangs")]);
  const answers = await Promise.all([settles(naive.ping()), settles(ours.ping()), settles(limiter.consume("b"))]);
  await expect(limiter.consume("b")).rejects.toMatchObject({ code: "rate-limited" }); // the insurance: a quarter, never open
  world.back.stall(false);
  expect(answers).toEqual(["hangs", expect.stringContaining("timed out"), "[object Object]"]);
  await chatter.healed();
  for (const client of [naive, ours]) client.disconnect();
});

test("memory full: no exit, no false ack, `unavailable`, and back to normal", async () => {
  const seen = await trouble(
    2_000,
    () => world.redis.config("SET", "maxmemory", "1"),
    () => world.redis.config("SET", "maxmemory", "0"),
  );
  expect(seen.codes.unavailable).toBeGreaterThan(20);
  expect(seen.codes).not.toHaveProperty("internal");
  expect(seen.healedMs).toBeLessThan(promised(3_000));
  expect([seen.ready.has(503), seen.health]).toEqual([true, new Set([200])]);
});

test("read-only (a replica of a dead host): the same", async () => {
  const seen = await trouble(
    2_000,
    () => world.redis.replicaof("127.0.0.1", 1),
    () => world.redis.replicaof("NO", "ONE"),
  );
  expect(seen.codes.unavailable).toBeGreaterThan(20);
  expect(seen.codes).not.toHaveProperty("internal");
  expect(seen.healedMs).toBeLessThan(promised(3_000));
  expect([seen.ready.has(503), seen.health]).toEqual([true, new Set([200])]);
});

test("200 ms away everything works; 2 s away everything is answered, and nothing is stored twice", async () => {
  const near = await trouble(
    2_000,
    () => world.back.delay(100),
    () => world.back.delay(0),
  );
  expect(Object.keys(near.codes)).toEqual(["ok"]);
  const far = await trouble(
    "twice",
    () => world.back.delay(1_000),
    () => world.back.delay(0),
  );
  expect(far.least).toBe(2);
  expect(far.codes).not.toHaveProperty("ok"); // Redis' own answers come after 2 s at the earliest
  expect(far.longestMs).toBeLessThan(promised(2_000));
  expect(far.health).toEqual(new Set([200]));
});

test("killed, back after a second: sending goes on within 3 s of its return, no node restarts", async () => {
  const seen = await trouble(
    1_000,
    () => world.redisServer.kill(),
    () => world.redisServer.start(),
  );
  expect(seen.codes.unavailable).toBeGreaterThan(10);
  expect(seen.healedMs).toBeLessThan(promised(3_000));
  expect(seen.health).toEqual(new Set([200]));
});

test("SCRIPT FLUSH under load: nobody notices", async () => {
  const from = Date.now();
  for (let i = 0; i < 20; i++) {
    await world.redis.script("FLUSH");
    await sleep(50);
  }
  await chatter.healed();
  expect(Object.keys(chatter.codesSince(from))).toEqual(["ok"]);
  await unharmed();
});

test("a node that replaces another lets nobody in before its own link to Redis is there: nobody is refused", async () => {
  const [tier] = world.tiers as [(typeof world.tiers)[0]];
  const { user } = await world.stores.sessions.create({});
  const { token } = createTokens(loadConfig(world.env).secrets.jwtKeys).issue(user.id);
  const knock = () =>
    new Promise<string>((resolve) => {
      const socket = io(`http://127.0.0.1:${tier.port}`, {
        auth: { token, protocol: 1 },
        transports: ["websocket"],
        reconnection: false,
        timeout: 2_000, // who was handed to the node as it died waits for nobody
        forceNew: true,
      });
      const done = (what: string) => {
        socket.close();
        resolve(what);
      };
      socket.on("session:welcome", () => done("welcome"));
      socket.on("connect_error", (error: Error & { data?: { code: string } }) => done(error.data?.code ?? "nobody"));
    });
  world.back.delay(50); // a link takes some trips
  const heard: string[] = [];
  try {
    process.kill(pids[0]!, "SIGKILL");
    await until("nobody is there", async () => heard.push(await knock()) && heard.at(-1) === "nobody");
    await until("somebody is", async () => heard.push(await knock()) && heard.at(-1) === "welcome");
  } finally {
    world.back.delay(0);
    pids = await nodePids();
  }
  expect(new Set(heard.slice(heard.indexOf("nobody")))).toEqual(new Set(["nobody", "welcome"]));
  await chatter.healed();
});

test("2,000 sockets cut at once: all back within 10 s, over both nodes and over time", async () => {
  using cut = await crowd(2_000);
  const from = Date.now();
  expect(world.front.cut(1)).toBeGreaterThanOrEqual(2_000);
  await until("all have noticed", () => cut.guests.every((guest) => !guest.online || guest.backMs.length > 0));
  await until("all are back", () => cut.online() === 2_000);
  const allMs = Date.now() - from;
  const back = cut.guests.flatMap((guest) => guest.backMs);
  console.log(JSON.stringify({ what: "2,000 cut", allMs, back: percentiles(back) }));
  expect(allMs).toBeLessThan(promised(10_000));
  const shares = Object.values(cut.spread());
  expect(shares).toHaveLength(2);
  expect(Math.min(...shares)).toBeGreaterThan(500);
  // Not a herd: no tenth of a second has most of them, though this process may be late itself.
  const tenths = back.map((ms) => Math.floor(ms / 100));
  expect(Math.max(...tenths.map((tenth) => tenths.filter((other) => other === tenth).length))).toBeLessThan(1_600);
  await chatter.healed();
});

test("an ack without its message, or a message that is there twice, would have been seen", async () => {
  await chatter.stop(); // what it has acked will be gone with the rest
  const { redis } = world;
  await unharmed();
  const [one, other] = (await redis.keys("log:*")) as [string, string];
  const [[id, fields]] = (await redis.xrange(one, "-", "+", "COUNT", 1)) as [[string, string[]]];
  await redis.xadd(one, "*", ...fields);
  expect(await chatter.check(redis)).toMatchObject({ falseAcks: 0, storedTwice: 1 });
  await redis.xdel(other, id);
  expect(await chatter.check(redis)).toMatchObject({ falseAcks: 1, storedTwice: 1 });
});

test("Redis comes back empty: every guest is told within 5 s, nothing is retried without end, no node restarts", async () => {
  // Their link was idle while it was stranded: the first request finds out.
  const create = () => fetch(`${world.httpUrl}/api/guest`, { method: "POST" });
  await until("the functions serve again", async () => (await create()).ok);
  const real = await Promise.all([realGuest(world.httpUrl), realGuest(world.httpUrl)]);
  await Promise.all(real.map((guest) => guest.join()));
  await until("they are matched", () => real.every((guest) => guest.roomId()));
  const emit = vi.spyOn(Socket.prototype, "emit");
  const tries = (id: string) =>
    (emit.mock.calls as [string, { clientMessageId: string }][]).filter(
      ([event, draft]) => event === "message:send" && draft.clientMessageId === id,
    ).length;
  await world.redisServer.kill();
  for (const guest of real) for (let i = 0; i < 3; i++) guest.send(`unsent ${i}`);
  const unsent = real.flatMap((guest) => guest.sent());
  await until("the first of each is tried again", () => real.every((guest) => tries(guest.sent()[0]!) > 1));
  await world.redisServer.start(true);
  const from = Date.now();
  const away = unsent.map(tries);
  const ended = (guest: LightGuest) => guest.ended !== "";
  const over = () => real.every(({ client }) => client.getState().connection.state === "ended");
  await until("everybody is told", () => guests.every(ended) && over());
  const toldMs = Date.now() - from;
  const atEnd = unsent.map(tries);
  await sleep(2_000); // long enough for another retry
  console.log(JSON.stringify({ what: "back empty", toldMs, away, tries: atEnd }));
  expect(unsent.map(tries)).toEqual(atEnd);
  expect(Math.max(...atEnd.map((times, i) => times - away[i]!))).toBeLessThanOrEqual(3);
  // None looks as if it were still on its way.
  const refused = real.map(({ client }) => client.getState().outbox.map(({ failed }) => failed?.code));
  expect(refused).toEqual(real.map(() => Array.from({ length: 3 }, () => "session-ended")));
  expect(toldMs).toBeLessThan(promised(5_000));
  expect(await nodePids()).toEqual(pids);
  expect(world.logs()).not.toMatch(/unhandled|a fault of ours|request failed/i);
  for (const guest of real) guest.destroy();
  emit.mockRestore();
  using fresh = await crowd(4); // and it serves whoever is new
  const again = await chat(fresh.guests);
  await again.healed();
  await again.stop();
});

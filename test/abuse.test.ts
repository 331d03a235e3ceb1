import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startRedis } from "../local/redis.ts";
import { newId } from "../shared/protocol/ids.ts";
import { type RequestName, requests } from "../shared/protocol/index.ts";
import { key } from "../shared/stores/keys.ts";
import { fuzz } from "./faults/fuzz.ts";
import { bundle, injecting, startTier, type TierProcess } from "./faults/tier.ts";
import { Attacker } from "./support/attacker.ts";
import { inCall } from "./support/calls.ts";
import { state } from "./support/dump.ts";
import { listenToLog } from "./support/log.ts";
import { matrix, type Scene, strangers } from "./support/matrix.ts";
import { type Cluster, type GuestIdentity, startCluster, Talker } from "./support/nodes.ts";
import { promised, until } from "./support/until.ts";

let cluster: Cluster;
/** A node of its own process over the same Redis: it can crash, and its log can be read. */
let tier: TierProcess;
/** Of this process, where the cluster is. */
let log: ReturnType<typeof listenToLog>;
/** All who were guests of either. */
const met: GuestIdentity[] = [];
beforeAll(async () => {
  log = listenToLog();
  // Nothing changes by itself while it is asked whether a fault has changed anything.
  cluster = await startCluster(2, { PAIR_GRACE_MS: "3600000", CALL_GRACE_MS: "3600000", LOG_LEVEL: "debug" });
  const guest = cluster.guest.bind(cluster);
  cluster.guest = async (profile) => {
    const identity = await guest(profile);
    met.push(identity);
    return identity;
  };
  tier = await startTier(await bundle(), { ...cluster.env, ...injecting("collect"), TRUSTED_PROXIES: "1" });
  await tier.begun();
});
afterAll(async () => {
  await tier?.[Symbol.asyncDispose]();
  await cluster?.[Symbol.asyncDispose]();
  log?.[Symbol.dispose]();
});

/** Lines of both logs, from the first on, that hold anything of anybody met so far, or of what they said. */
function leaks(): string[] {
  const secrets = met.flatMap(({ user, token }) => [user.id, user.username, token.slice(-40)]);
  secrets.push("honest ", "let me in", "still ours");
  const lines = `${tier.output()}\n${log.text()}`.split("\n");
  return lines.filter((line) => secrets.some((secret) => line.includes(secret)));
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const watch = (talker: Talker) => talker.raw("stats:watch", { on: false });
const codes = async (acks: ReturnType<Talker["raw"]>[]) =>
  (await Promise.all(acks)).map((ack) => (ack.ok ? "ok" : ack.error.code));
const count = (list: string[], what: string) => list.filter((one) => one === what).length;

/** A pair with a message of each side; with a call, if that is asked for. */
async function scene(call = false): Promise<[Talker, Talker, Scene]> {
  const [a, b, roomId] = await cluster.pair();
  const { message } = await a.say(roomId, "mine");
  await b.say(roomId, "theirs");
  const callId = call ? await inCall(roomId, a, b) : newId("call");
  return [a, b, { roomId, messageId: message.id, userId: a.user.id, partnerId: b.user.id, callId }];
}

test("[A1] a guest's events are counted over nodes and connections together, and each guest for itself", async () => {
  await using limited = await startCluster(2, { EVENTS_PER_MINUTE: "40" });
  const one = await limited.connect(0);
  const two = await limited.connect(1, one.identity);
  const answers = await codes(range(50).map((i) => watch(i % 2 ? one : two)));
  expect([count(answers, "ok"), count(answers, "rate-limited")]).toEqual([40, 10]);
  const refused = await watch(two);
  if (refused.ok) throw new Error("let through");
  expect(refused.error).toMatchObject({ code: "rate-limited", message: expect.any(String) as string });
  expect(refused.error.retryAfterMs).toBeGreaterThan(0);
  expect(refused.error.retryAfterMs).toBeLessThanOrEqual(60_000);
  expect((await watch(await limited.connect(0))).ok).toBe(true);
  const stats = async () => (await limited.stores.stats.nodes()).rateLimit;
  await until("the nodes report it", async () => (await stats()).limited === 11);
  expect(await stats()).toMatchObject({ points: 40, windowMs: 60_000 });
});

test("[A1] typing, receipts and signals count a tenth, what is refused as invalid counts whole", async () => {
  await using limited = await startCluster(1, { EVENTS_PER_MINUTE: "10" });
  const tenths = Object.entries(requests).filter(([, { weight }]) => weight !== 1);
  expect(tenths.map(([event, { weight }]) => [event, weight])).toEqual(
    ["message:ack", "typing:set", "call:signal"].map((event) => [event, 0.1]),
  );
  const [a, , roomId] = await limited.pair(0, 0); // 1 for match:join
  const typing = () => a.raw("typing:set", { roomId, typing: true });
  expect(count(await codes(range(50).map(typing)), "ok")).toBe(50);
  const invalid = await codes(["nope", "stats:watch", "message:send", "error"].map((event) => a.raw(event, {})));
  expect(count(invalid, "invalid")).toBe(4);
  expect(await codes([typing()])).toEqual(["rate-limited"]); // 1 + 5 + 4
});

test("[A1] a message is counted as it is stored, together with all else; beyond the limit none is stored", async () => {
  await using limited = await startCluster(2, { EVENTS_PER_MINUTE: "20" });
  const [a, b, roomId] = await limited.pair(); // 1 for match:join
  const second = await limited.connect(1, a.identity);
  const draft = (id: string, text?: string) => ({ roomId, clientMessageId: id, kind: "text", text });
  const say = (talker: Talker, id: string) => talker.raw("message:send", draft(id, id));
  expect(count(await codes(range(5).flatMap((i) => [say(a, `m${i}`), say(second, `n${i}`), watch(a)])), "ok")).toBe(15);
  const faulty = [{ ...draft("x", "x"), nope: 1 }, draft("x"), { ...draft("x", "x"), replyTo: newId("msg") }];
  expect(await codes(faulty.map((one) => a.raw("message:send", one)))).toEqual(["invalid", "invalid", "not-found"]);
  expect(await codes([say(a, "last"), watch(second)])).toEqual(["ok", "rate-limited"]); // 1 + 15 + 3 + 1
  const refused = await say(second, "more");
  if (refused.ok) throw new Error("let through");
  expect(refused.error).toMatchObject({ code: "rate-limited", retryAfterMs: expect.any(Number) as number });
  expect(refused.error.retryAfterMs).toBeGreaterThan(0);
  expect(refused.error.retryAfterMs).toBeLessThanOrEqual(60_000);
  expect(count(await codes(range(3).map((i) => say(a, `o${i}`))), "rate-limited")).toBe(3);
  expect((await b.ask("message:history", { roomId })).messages).toHaveLength(11);
});

test("[A1] a message overtakes nothing that was asked before it, though the two are counted in different ways", async () => {
  const [a, b] = [await cluster.connect(0), await cluster.connect(1)];
  const about = { name: "Breath", visibility: "unlisted" as const, capacity: 5 };
  const { id: roomId } = await cluster.stores.rooms.create(a.user.id, about);
  const say = (id: string) => b.raw("message:send", { roomId, clientMessageId: id, kind: "text", text: id });
  expect(await codes([b.raw("room:join", { roomId }), ...range(3).map((i) => say(`m${i}`))])).toEqual(
    Array(4).fill("ok"),
  );
});

test("[A1] who goes on and on is cut off, comes back, and is cut off again; others are served", async () => {
  await using limited = await startCluster(2, { EVENTS_PER_MINUTE: "10" });
  const honest = await limited.connect(0);
  const first = await limited.connect(0);
  for (const n of [0, 1, 0, 0]) {
    const flood = n === 0 && first.socket.connected ? first : await limited.connect(n, first.identity);
    const reason = new Promise((resolve) => flood.socket.once("disconnect", resolve));
    for (let i = 0; i < 60; i++) flood.socket.emit("stats:watch", { on: false });
    expect(await Promise.race([reason, watch(flood).then(({ ok }) => `served: ${ok}`)])).toBe("io server disconnect");
  }
  expect((await watch(honest)).ok).toBe(true);
});

test("[A1] while Redis is away a stricter limit in the node stands in: neither open nor hanging", async () => {
  const dir = await mkdtemp(join(tmpdir(), "passerby-abuse-"));
  const redis = await startRedis({ dir, durable: true });
  const limited = await startCluster(1, { REDIS_URL: redis.url, EVENTS_PER_MINUTE: "40" });
  limited.redis.on("error", () => {});
  const [talker, partner, roomId] = await limited.pair(0, 0);
  await redis[Symbol.asyncDispose]();
  const answers = await codes(range(20).map(() => watch(talker)));
  expect([count(answers, "unavailable"), count(answers, "rate-limited")]).toEqual([10, 10]);
  const say = (i: number) =>
    partner.raw("message:send", { roomId, clientMessageId: `m${i}`, kind: "text", text: "is anybody there?" });
  const said = await codes(range(15).map(say));
  expect([count(said, "unavailable"), count(said, "rate-limited")]).toEqual([10, 5]);
  expect(talker.socket.connected).toBe(true);
  const again = await startRedis({ dir, durable: true, port: Number(new URL(redis.url).port) });
  await until("counted in Redis again", async () => {
    await sleep(200); // each try counts
    return (await watch(talker)).ok;
  });
  await limited[Symbol.asyncDispose]();
  await again[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

test("[P3] the matrix of strangers' things holds every request", () => {
  expect(Object.keys(strangers).toSorted()).toEqual(Object.keys(requests).toSorted());
});

test.each(Object.keys(requests) as RequestName[])(
  "[P3] %s reaches no stranger's room, message, call or guest",
  async (event) => {
    const call = event.startsWith("call:");
    const [[a, b, theirs], [mallory, partner, mine]] = [await scene(call), await scene(call)];
    const before = await state(cluster.redis);
    const heard = () => [a, b, partner].map((talker) => talker.heard.length);
    await until("all is heard", () => [a, b, partner].every((one) => one.all("message:sent").length === 1));
    const heardBefore = heard();
    const tries = strangers[event](theirs, mine);
    const answers = await codes(tries.map(({ payload }) => mallory.raw(event, payload)));
    expect(answers).toEqual(tries.map(({ answer }) => answer));
    await a.ask("message:history", { roomId: theirs.roomId });
    // What was accepted is about mallory alone.
    const touched = await state(cluster.redis);
    const changed = Object.keys(touched).filter((name) => !isDeepStrictEqual(touched[name], before[name]));
    const own = tries.some(({ answer }) => answer === "ok") ? [mine.userId, "blocked:", "queue"] : [];
    expect(changed.filter((name) => !own.some((part) => name.includes(part)))).toEqual([]);
    expect(heard()).toEqual(heardBefore);
    expect((await a.say(theirs.roomId, "still ours")).message.seq).toBe(3);
    for (const talker of [a, b, mallory, partner]) talker.close();
  },
);

test("[P3] a cursor of a stranger's room tells nothing of it", async () => {
  const [a, , { roomId }] = await scene();
  const cursor = {
    cursors: { [roomId]: { epoch: "A".repeat(16), seq: 0 }, [newId("room")]: { epoch: "A".repeat(16), seq: 0 } },
  };
  const reasons = async () => (await cluster.connect(0, undefined, cursor)).welcome;
  const open = await reasons();
  expect(open.rooms).toEqual([]);
  expect(open.ended!.map(({ reason }) => reason)).toEqual(["expired", "expired"]);
  await a.ask("match:leave", {});
  expect((await reasons()).ended!.map(({ reason }) => reason)).toEqual(["expired", "expired"]);
});

test("[P3] 20,000 frames at random, before and after login: no crash, no fault of ours, little memory, honest guests are served", async () => {
  const figures = await fuzz(tier, () => cluster.guest(), 20_000);
  console.log(JSON.stringify({ what: "fuzz", ...figures }));
  expect(figures).toMatchObject({ replaced: 0, outOfOrder: 0, heard: figures.said });
  expect(figures.frames).toBeGreaterThanOrEqual(20_000);
  expect(figures.welcomed).toBeGreaterThan(1_000);
  expect(figures.meanwhile.count).toBeGreaterThan(20);
  expect(figures.grownMB).toBeLessThanOrEqual(50);
  // Attackers and honest guests share this process: what they cost each other here is not the node's.
  expect(figures.meanwhile.p99Ms).toBeLessThanOrEqual(promised(2 * Math.max(15, figures.inPeace.p99Ms)));
  expect(tier.output().match(/.*("level":[56]0|unhandled|uncaught|Error:).*/gi)).toBeNull();
  expect(leaks()).toEqual([]);
});

test("[A2] who says goodbye and then CONNECT again over the same connection finds it closed", async () => {
  const attacker = await Attacker.open(tier.port);
  const { token } = await cluster.guest();
  await attacker.login(token);
  const welcomes = () => attacker.heard.filter((text) => text.includes("session:welcome")).length;
  await until("welcome", () => welcomes() === 1);
  attacker.send({ data: "41" }, { data: `40${JSON.stringify({ token, protocol: 1 })}` });
  await until("closed, or welcome again", () => attacker.closed || welcomes() > 1);
  expect([attacker.closed, welcomes()]).toEqual([true, 1]);
});

test("[S4] no name, text, token, interest, address or guest id of a whole conversation, faults included, is in the log", async () => {
  const begins = tier.output().length;
  const identity = await cluster.guest({ username: "Canary_Name" });
  const url = `http://127.0.0.1:${tier.port}`;
  const from = { "x-forwarded-for": "203.0.113.77" };
  const guest = new Talker(url, identity, {}, ["websocket"], from);
  await guest.welcomed();
  const partner = await cluster.connect(0);
  const refused = new Talker(url, { ...identity, token: `canary.${identity.token}` }, {}, ["websocket"], from);
  await expect(refused.welcomed()).rejects.toMatchObject({ data: { code: "unauthenticated" } });
  for (const one of [guest, partner]) await one.ask("match:join", { interests: ["canary interest"] });
  const roomId = (await guest.next("match:found")).room.id;
  await guest.say(roomId, "canary text");
  for (const event of Object.keys(matrix)) {
    await guest.raw(event, { canary: "canary payload" });
    await guest.raw(`canary ${event}`, { canary: "canary payload" });
  }
  // A fault of ours in the middle of it: the script fails, and what it was given is in the error.
  await cluster.redis.hset(key("room", roomId), "seq", "not a number");
  const broken = await guest.raw("message:send", {
    roomId,
    clientMessageId: "canary",
    kind: "text",
    text: "canary text",
  });
  expect(broken).toEqual({ ok: false, error: { code: "internal", message: "Something went wrong here" } });
  await cluster.stores.sessions.end(identity.user.id, "deleted");
  await guest.next("session:ended");
  const told = await until(
    "the fault is logged",
    () => /request failed/.test(tier.output().slice(begins)) && tier.output(),
  );
  const lines = told.slice(begins).split("\n");
  const secret = [
    /canary/i,
    /203\.0\.113\.77/,
    new RegExp(identity.user.id),
    new RegExp(identity.token.slice(-40)),
    new RegExp(partner.user.id),
  ];
  expect(lines.filter((line) => secret.some((one) => one.test(line)))).toEqual([]);
  expect(leaks()).toEqual([]);
});

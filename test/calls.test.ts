/** Calls in pairs through the front door: two nodes, real sockets. Groups, addresses and TURN have files of their own. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Call, Signal } from "../shared/protocol/index.ts";
import { limits } from "../shared/protocol/limits.ts";
import { key } from "../shared/stores/keys.ts";
import { callLeaseMs } from "../shared/stores/leases.ts";
import { startTier } from "./faults/tier.ts";
import { heardBy, heardOf, inCall, refused, statesOf } from "./support/calls.ts";
import { dump } from "./support/dump.ts";
import { type Cluster, startCluster, Talker, until } from "./support/nodes.ts";

const offer: Signal = { description: { type: "offer", sdp: "v=0\r\n" } };
const answer: Signal = { description: { type: "answer", sdp: "v=0\r\n" } };
const ended = (reason: string) => (call: Call) => call.state === "ended" && call.endedReason === reason;

describe("calls in a pair", () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster(2);
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  /** No key of Redis names that call. */
  async function nothingIsLeft(callId: string): Promise<void> {
    const all = Object.entries(await dump(cluster.redis)).filter(([name]) => !name.startsWith("inbox:"));
    expect(all.filter((entry) => JSON.stringify(entry).includes(callId)).map(([name]) => name)).toEqual([]);
  }

  test("[C1] a call rings with the other, is accepted, and over for both when one hangs up", async () => {
    const [a, b, roomId] = await cluster.pair();
    const { call, iceServers, relayOnly } = await a.ask("call:start", { roomId, media: "audio" });
    expect([iceServers, relayOnly]).toEqual([[], true]);
    expect(call).toMatchObject({ roomId, media: "audio", state: "ringing", startedBy: a.user.id });
    expect(statesOf(call)).toEqual([`${a.user.id} joined`, `${b.user.id} ringing`]);
    expect(await b.next("call:ringing")).toEqual({ call, from: a.user.id });
    expect(await a.next("call:changed")).toEqual({ call, from: a.user.id });

    const accepted = await b.ask("call:accept", { callId: call.id });
    expect(accepted.call.state).toBe("active");
    expect(statesOf(accepted.call)).toEqual([`${a.user.id} joined`, `${b.user.id} joined`]);
    for (const one of [a, b]) expect(await one.next("call:changed")).toEqual({ call: accepted.call, from: b.user.id });

    const over = await a.ask("call:hangup", { callId: call.id });
    expect(over.call).toMatchObject({ state: "ended", endedReason: "hangup" });
    for (const one of [a, b]) expect((await one.next("call:changed")).call).toEqual(over.call);
    expect(await b.raw("call:accept", { callId: call.id })).toEqual(refused("not-found"));
    await nothingIsLeft(call.id);
  });

  test("[C1] a decline, and a starter who thinks better of it, end it for both", async () => {
    const [a, b, roomId] = await cluster.pair();
    const first = await a.ask("call:start", { roomId, media: "video" });
    const declined = await b.ask("call:decline", { callId: first.call.id });
    expect(statesOf(declined.call)).toEqual([`${a.user.id} left`, `${b.user.id} declined`]);
    await heardBy([a, b], "declined", ended("declined"));
    const second = await a.ask("call:start", { roomId, media: "video" });
    await a.ask("call:hangup", { callId: second.call.id });
    await heardBy([a, b], "hung up", ended("hangup"));
    for (const { call } of [first, second]) await nothingIsLeft(call.id);
  });

  test("[C1] both start at once: one call, and the second start names it; while it lives every start does", async () => {
    const [a, b, roomId] = await cluster.pair();
    for (let round = 0; round < 20; round++) {
      const acks = await Promise.all([a, b].map((one) => one.raw("call:start", { roomId, media: "audio" })));
      const won = acks.findIndex(({ ok }) => ok);
      const { call } = (acks[won] as { ok: true; data: { call: Call } }).data;
      const [winner, loser] = won === 0 ? [a, b] : [b, a];
      expect(acks[1 - won]).toEqual(refused("busy", { fields: { callId: call.id } }));
      await loser.ask("call:accept", { callId: call.id });
      expect(await winner.raw("call:start", { roomId, media: "audio" })).toEqual(
        refused("busy", { fields: { callId: call.id } }),
      );
      await winner.ask("call:hangup", { callId: call.id });
    }
    await until("all are heard of", () => new Set(heardOf(a).map(({ id }) => id)).size === 20);
    const ids = heardOf(a).map(({ id }) => id);
    await nothingIsLeft(ids.at(-1)!);
  });

  test("[C3] signals pass between the two, with the sender's id of the server's own knowledge, to the connection that carries the call", async () => {
    const [a, b, roomId] = await cluster.pair();
    const otherTab = await cluster.connect(0, b.identity);
    const callId = await inCall(roomId, a, b);
    await a.ask("call:signal", { callId, to: b.user.id, data: offer });
    expect(await b.next("call:signal")).toEqual({
      callId,
      from: a.user.id,
      data: { description: { type: "offer", sdp: "v=0\r\n" } },
    });
    await b.ask("call:signal", { callId, to: a.user.id, data: answer });
    expect(await a.next("call:signal")).toMatchObject({ from: b.user.id, data: answer });
    expect(await a.raw("call:signal", { callId, to: b.user.id, data: offer, from: b.user.id })).toEqual(
      refused("invalid"),
    );
    expect(await otherTab.raw("call:signal", { callId, to: a.user.id, data: offer })).toEqual(refused("conflict"));
    expect(await otherTab.raw("call:direct", { callId, allow: true })).toEqual(refused("conflict"));
    expect(otherTab.all("call:signal")).toEqual([]);
  });

  test("[C3] no signal before the other has joined, none after they left, none too big, no flood of candidates", async () => {
    const [a, b, roomId] = await cluster.pair();
    const { call } = await a.ask("call:start", { roomId, media: "audio" });
    const to = (other: Talker, data: Signal) => ({ callId: call.id, to: other.user.id, data });
    expect(await a.raw("call:signal", to(b, offer))).toEqual(refused("forbidden"));
    expect(await b.raw("call:signal", to(a, answer))).toEqual(refused("forbidden"));
    await b.ask("call:accept", { callId: call.id });
    const heavy = (bytes: number): Signal => ({ description: { type: "offer", sdp: "é".repeat(bytes / 2) } });
    expect(await a.raw("call:signal", to(b, heavy(17_000)))).toEqual(refused("invalid"));
    expect(await a.raw("call:signal", to(b, heavy(16_000)))).toEqual({ ok: true, data: {} });
    const end: Signal = { candidate: null };
    const flood = await Promise.all(
      Array.from({ length: limits.signalCandidates + 5 }, () => a.raw("call:signal", to(b, end))),
    );
    expect(flood.map(({ ok }) => ok)).toEqual(flood.map((_, i) => i < limits.signalCandidates));
    expect(flood.at(-1)).toEqual(refused("rate-limited"));
    await b.ask("call:signal", to(a, end)); // counted one by one
    await a.ask("call:signal", to(b, offer));
    await a.ask("call:signal", to(b, end));
    await a.ask("call:hangup", { callId: call.id });
    expect(await b.raw("call:signal", to(a, answer))).toEqual(refused("not-found"));
    await until("all have come", () => b.all("call:signal").length >= limits.signalCandidates + 3);
    expect(b.all("call:signal")).toHaveLength(limits.signalCandidates + 3);
    await nothingIsLeft(call.id);
  });

  test("[C1] what one sends now is told to both; an unchanged word is told to nobody", async () => {
    const [a, b, roomId] = await cluster.pair();
    const callId = await inCall(roomId, a, b);
    const told = heardOf(b).length;
    const { call } = await a.ask("call:media", { callId, audio: false, video: true, screen: true });
    expect(call.participants[0]).toMatchObject({ audio: false, video: true, screen: true });
    await heardBy([a, b], "muted", (now) => now.participants[0]!.screen);
    await a.ask("call:media", { callId, audio: false, video: true, screen: true });
    await a.ask("call:direct", { callId, allow: true });
    await heardBy([a, b], "consent", (now) => now.participants[0]!.direct);
    expect(heardOf(b).length).toBe(told + 2);
  });

  test("[C1] accepting in one tab stops the ringing in the others, whose decline no longer counts", async () => {
    const [a, b, roomId] = await cluster.pair();
    const otherTab = await cluster.connect(0, b.identity);
    const { call } = await a.ask("call:start", { roomId, media: "audio" });
    expect((await otherTab.next("call:ringing")).call).toEqual(call);
    await b.ask("call:accept", { callId: call.id });
    await heardBy([otherTab], "answered", ({ state }) => state === "active");
    expect(await otherTab.raw("call:decline", { callId: call.id })).toEqual(refused("conflict"));
    expect(await b.ask("call:accept", { callId: call.id })).toMatchObject({ call: { state: "active" } });
    otherTab.close();
    await a.ask("call:signal", { callId: call.id, to: b.user.id, data: offer });
    await b.next("call:signal");
    await b.ask("call:hangup", { callId: call.id });
    await heardBy([a, b], "over", ended("hangup"));
  });

  test("[C4] after a reload the welcome has the call; taken up again it begins anew: left, joined, and the last to have come", async () => {
    const [a, b, roomId] = await cluster.pair();
    const callId = await inCall(roomId, a, b);
    a.close();
    const again = await cluster.connect(1, a.identity);
    expect(again.welcome.calls).toMatchObject([{ id: callId, state: "active" }]);
    const before = heardOf(b).length;
    const { call } = await again.ask("call:accept", { callId });
    expect(statesOf(call)).toEqual([`${b.user.id} joined`, `${a.user.id} joined`]);
    await heardBy([b, again], "joined again", (now) => statesOf(now).join() === statesOf(call).join());
    expect(heardOf(b).slice(before).map(statesOf)).toEqual([
      [`${a.user.id} left`, `${b.user.id} joined`],
      [`${b.user.id} joined`, `${a.user.id} joined`],
    ]);
    // Told after the answer, the first would pass for the end of what has just begun.
    expect(heardOf(again).map(statesOf)).toEqual([statesOf(call)]);
    await b.ask("call:signal", { callId, to: a.user.id, data: offer });
    await again.next("call:signal");
  });

  test("[C4] a page whose connection alone was lost goes on over the new one, and nobody is told of it", async () => {
    const [a, b, roomId] = await cluster.pair();
    const callId = await inCall(roomId, a, b);
    await a.ask("call:media", { callId, audio: true, video: false, screen: false });
    await heardBy([b], "muted", ({ participants }) => !participants[0]!.video);
    const before = heardOf(b).length;
    a.close();
    const again = await cluster.connect(1, a.identity);
    expect(await again.raw("call:signal", { callId, to: b.user.id, data: offer })).toEqual(refused("conflict"));
    await again.ask("call:media", { callId, audio: true, video: false, screen: false });
    await again.ask("call:signal", { callId, to: b.user.id, data: offer });
    await b.next("call:signal");
    await b.ask("call:signal", { callId, to: a.user.id, data: answer });
    await again.next("call:signal");
    expect(heardOf(b)).toHaveLength(before);
  });

  test("[C1] the call ends before its pair does: left, blocked, a session's end", async () => {
    for (const end of ["room:leave", "user:block", "session"] as const) {
      const [a, b, roomId] = await cluster.pair();
      const callId = await inCall(roomId, a, b);
      if (end === "room:leave") await b.ask("room:leave", { roomId });
      else if (end === "user:block") await a.ask("user:block", { userId: b.user.id });
      else await cluster.stores.sessions.end(b.user.id, "deleted");
      await heardBy([a], end, ({ state }) => state === "ended");
      await a.next("match:ended");
      const order = a.heard.map(({ event }) => event);
      expect(order.lastIndexOf("call:changed")).toBeLessThan(order.lastIndexOf("match:ended"));
      expect(await a.raw("call:hangup", { callId })).toEqual(refused("not-found"));
      expect(await a.raw("call:start", { roomId, media: "audio" })).toEqual(
        refused(end === "session" ? "not-found" : "room-closed"),
      );
      await nothingIsLeft(callId);
    }
  });
});

describe.concurrent("with short times", () => {
  test("[C2] whom nobody answers is told so after the ringing time, and not before", async () => {
    await using cluster = await startCluster(2, { CALL_RING_MS: "1500" });
    const [a, b, roomId] = await cluster.pair();
    const from = Date.now();
    const { call } = await a.ask("call:start", { roomId, media: "audio" });
    await heardBy([a, b], "nobody answered", ended("timeout"));
    expect(Date.now() - from).toBeGreaterThanOrEqual(1_500);
    expect(await b.raw("call:accept", { callId: call.id })).toEqual(refused("not-found"));
    const second = await inCall(roomId, a, b);
    expect(await cluster.redis.zscore(key("callsDue"), second)).toBeNull(); // an answered one has no such time
  });

  test("[C4] who does not come back within the grace is out, and the call is lost", async () => {
    await using cluster = await startCluster(2, { CALL_GRACE_MS: "3000" });
    const [a, b, roomId] = await cluster.pair();
    const callId = await inCall(roomId, a, b);
    const due = async () => Number(await cluster.redis.zscore(key("callsDue"), `${callId}|${b.user.id}`));
    const lease = await due();
    const from = Date.now();
    b.close();
    // The lease of a node that died would end it too, but later.
    await until("it is the grace that runs", async () => (await due()) > 0 && (await due()) < lease);
    await heardBy([a], "lost", ended("lost"));
    expect(Date.now() - from).toBeGreaterThanOrEqual(3_000);
    const back = await cluster.connect(0, b.identity);
    expect(back.welcome.calls).toEqual([]);
  });

  test("[C4] a live connection's lease is renewed", async () => {
    await using cluster = await startCluster(2, { CALL_GRACE_MS: "100" });
    const [a, b, roomId] = await cluster.pair();
    const callId = await inCall(roomId, a, b);
    const leases = async () =>
      Promise.all([a, b].map(({ user }) => cluster.redis.zscore(key("callsDue"), `${callId}|${user.id}`).then(Number)));
    const before = await leases();
    await until("both leases are renewed", async () => (await leases()).every((lease, i) => lease > before[i]!));
    expect(before.every((lease) => lease <= Date.now() + callLeaseMs(100))).toBe(true);
    expect(heardOf(a).at(-1)).toMatchObject({ id: callId, state: "active" });
  });

  test("[C4] SIGKILL of the node that carried it: the call goes on over another; nobody back: it ends", async () => {
    await using cluster = await startCluster(1, { CALL_GRACE_MS: "2000" });
    await using tier = await startTier("socket-tier/index.ts", { ...cluster.env, NODE_OPTIONS: "--import tsx" });
    await tier.begun();
    const [a, b] = [await cluster.connect(0), new Talker(`http://127.0.0.1:${tier.port}`, await cluster.guest())];
    await b.welcomed();
    await a.ask("match:join", {});
    await b.ask("match:join", {});
    const { room } = await a.next("match:found");
    const callId = await inCall(room.id, a, b);
    process.kill((await tier.nodePid())!, "SIGKILL");
    tier.child.kill("SIGKILL"); // nobody replaces it
    const back = await cluster.connect(0, b.identity);
    expect(back.welcome.calls).toMatchObject([{ id: callId, state: "active" }]);
    await back.ask("call:media", { callId, audio: true, video: true, screen: false });
    await a.ask("call:signal", { callId, to: b.user.id, data: offer });
    expect(await back.next("call:signal")).toMatchObject({ data: offer });
    back.close();
    await heardBy([a], "lost", ended("lost"));
    b.close();
  });
});

/** Calls in rooms of more than two, over two nodes: a mesh of at most four, which others join and leave. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Call } from "../shared/protocol/index.ts";
import { limits } from "../shared/protocol/limits.ts";
import { key } from "../shared/stores/keys.ts";
import { heardBy, heardOf, inCall, refused, statesOf } from "./support/calls.ts";
import { dump } from "./support/dump.ts";
import { startGroup } from "./support/groups.ts";
import { type Cluster, startCluster, type Talker, until } from "./support/nodes.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster(2);
});
afterAll(() => cluster[Symbol.asyncDispose]());

const offer = { description: { type: "offer" as const, sdp: "v=0\r\n" } };
const is = (...states: [Talker, string][]) => states.map(([{ user }, state]) => `${user.id} ${state}`);
const ended = (reason: string) => (call: Call) => call.state === "ended" && call.endedReason === reason;

test("[C1] a group rings; it goes on as others join and leave, in the order of joining, and ends when one is left", async () => {
  const { roomId, members } = await startGroup(cluster, 3);
  const [a, b, c] = members as [Talker, Talker, Talker];
  const { call } = await a.ask("call:start", { roomId, media: "video" });
  for (const one of [b, c]) expect(await one.next("call:ringing")).toEqual({ call, from: a.user.id });
  expect(statesOf(call).toSorted()).toEqual(is([a, "joined"], [b, "ringing"], [c, "ringing"]).toSorted());
  const second = await c.ask("call:accept", { callId: call.id });
  expect(statesOf(second.call)).toEqual(is([a, "joined"], [b, "ringing"], [c, "joined"]));
  expect(second.call.state).toBe("active");
  await cluster.redis.zadd(key("callsDue"), "XX", 1, call.id); // it has rung long enough
  await heardBy(members, "nobody waits for who did not answer", (now) => statesOf(now)[1] === `${b.user.id} left`);
  const late = await b.ask("call:accept", { callId: call.id });
  expect(statesOf(late.call)).toEqual(is([a, "joined"], [c, "joined"], [b, "joined"]));
  await a.ask("call:hangup", { callId: call.id });
  await heardBy(
    members,
    "two are left",
    ({ state, participants }) => state === "active" && participants[0]!.state === "left",
  );
  expect(await a.raw("call:signal", { callId: call.id, to: b.user.id, data: offer })).toEqual(refused("forbidden"));
  await b.ask("call:signal", { callId: call.id, to: c.user.id, data: offer });
  expect(await c.next("call:signal")).toMatchObject({ from: b.user.id });
  await a.ask("call:accept", { callId: call.id });
  for (const one of [b, c]) await one.ask("call:hangup", { callId: call.id });
  await heardBy(members, "one is left", ended("hangup"));
});

test("[C1] it ends when all have declined, not before; one who declined may still come", async () => {
  const { roomId, members } = await startGroup(cluster, 3);
  const [a, b, c] = members as [Talker, Talker, Talker];
  const first = await a.ask("call:start", { roomId, media: "audio" });
  const one = await b.ask("call:decline", { callId: first.call.id });
  expect(one.call.state).toBe("ringing");
  expect((await b.ask("call:accept", { callId: first.call.id })).call.state).toBe("active");
  await b.ask("call:hangup", { callId: first.call.id });
  await heardBy(members, "over", ended("hangup"));
  const second = await a.ask("call:start", { roomId, media: "audio" });
  for (const other of [b, c]) await other.ask("call:decline", { callId: second.call.id });
  await heardBy(members, "all declined", ended("declined"));
});

test("[C1] four are in it; the fifth is told in words that it is full, also when all come at once, and comes in once one has gone", async () => {
  const { roomId, members } = await startGroup(cluster, 6);
  const [a, ...others] = members as [Talker, ...Talker[]];
  const { call } = await a.ask("call:start", { roomId, media: "video" });
  const acks = await Promise.all(others.map((one) => one.raw("call:accept", { callId: call.id })));
  const out = others.filter((_, i) => !acks[i]!.ok);
  expect(out).toHaveLength(members.length - limits.callParticipants);
  const full = refused("room-full", { message: "This call is full: at most 4 can be in it" });
  expect(acks.filter(({ ok }) => !ok)).toEqual([full, full]);
  await a.ask("call:hangup", { callId: call.id });
  const accepted = await out[0]!.ask("call:accept", { callId: call.id });
  expect(accepted.call.participants.filter(({ state }) => state === "joined")).toHaveLength(4);
  expect(await out[1]!.raw("call:accept", { callId: call.id })).toEqual(full);
});

test("[C1] a guest is in one call at a time, and is told in which", async () => {
  const { roomId, members } = await startGroup(cluster, 3);
  const [a, b, c] = members as [Talker, Talker, Talker];
  const callId = await inCall(roomId, a, b);
  const other = await cluster.stores.rooms.create(a.user.id, { name: "Elsewhere", visibility: "unlisted" });
  await c.ask("room:join", { roomId: other.id });
  const busy = refused("busy", { fields: { callId } });
  expect(await a.raw("call:start", { roomId: other.id, media: "audio" })).toEqual(busy);
  const { call } = await c.ask("call:start", { roomId: other.id, media: "audio" });
  await until("it rings with one who is busy", () => a.all("call:ringing").some((one) => one.call.id === call.id));
  expect(await a.raw("call:accept", { callId: call.id })).toEqual(busy);
  await a.ask("call:hangup", { callId });
  expect((await a.ask("call:accept", { callId: call.id })).call.state).toBe("active");
});

test("[C1] who leaves the room is out of its call; who comes into it learns of the call, and may join", async () => {
  const { roomId, members } = await startGroup(cluster, 3);
  const [a, b, c] = members as [Talker, Talker, Talker];
  const callId = await inCall(roomId, a, b, c);
  const late = await cluster.connect(0);
  expect(await late.raw("call:accept", { callId })).toEqual(refused("forbidden"));
  await late.ask("room:join", { roomId });
  expect((await late.next("call:changed")).call).toMatchObject({ id: callId, state: "active" });
  await a.ask("room:leave", { roomId });
  await heardBy([b, c, late], "the starter is gone", (call) =>
    call.participants.every(({ userId }) => userId !== a.user.id),
  );
  expect(heardOf(b).at(-1)).toMatchObject({ startedBy: b.user.id, state: "active" });
  for (const request of ["call:accept", "call:hangup"] as const)
    expect(await a.raw(request, { callId })).toEqual(refused("forbidden"));
  const { call } = await late.ask("call:accept", { callId });
  expect(statesOf(call)).toEqual(is([b, "joined"], [c, "joined"], [late, "joined"]));
});

test("[C1] the call of a starter who leaves the room is theirs who joined first, not one's who is still rung", async () => {
  const { roomId, members } = await startGroup(cluster, 4);
  const [a, , c, d] = members as [Talker, Talker, Talker, Talker];
  await inCall(roomId, a, c, d);
  await a.ask("room:leave", { roomId });
  await heardBy([c, d], "the starter is gone", ({ startedBy }) => startedBy === c.user.id);
});

test("[C1] two who blocked each other do not meet in a call: not rung, not let in, and apart at once", async () => {
  const { roomId, members } = await startGroup(cluster, 3);
  const [a, b, c] = members as [Talker, Talker, Talker];
  const callId = await inCall(roomId, a, b, c);
  await a.ask("user:block", { userId: b.user.id });
  await heardBy([a, c], "apart", (call) => statesOf(call).includes(`${b.user.id} left`));
  expect(await b.raw("call:accept", { callId })).toEqual(
    refused("forbidden", { message: "You cannot join this call" }),
  );
  await a.ask("call:hangup", { callId });
  await heardBy([a, b, c], "over", ended("hangup"));
  const { call } = await b.ask("call:start", { roomId, media: "audio" });
  expect(statesOf(call)).toEqual(is([b, "joined"], [c, "ringing"]));
});

test("[S4] who is forgotten is forgotten by a call that goes on without them", async () => {
  const { roomId, members } = await startGroup(cluster, 4);
  const [a, b, c, d] = members as [Talker, Talker, Talker, Talker];
  const callId = await inCall(roomId, a, b, c);
  await a.ask("call:signal", { callId, to: b.user.id, data: { candidate: null } });
  await b.ask("call:signal", { callId, to: c.user.id, data: { candidate: null } });
  await cluster.stores.sessions.end(a.user.id, "deleted");
  await heardBy([b, c, d], "without them", (call) => call.participants.length === 3);
  const traces = async () => {
    const all = Object.entries(await dump(cluster.redis)).filter(([name]) => name.startsWith("call"));
    return [a, b].map(({ user }) => all.filter((entry) => JSON.stringify(entry).includes(user.id)).length);
  };
  const [gone, here] = await traces();
  expect([gone, here! > 2]).toEqual([0, true]);
});

test("[C5] consent counts between two, not for a third", async () => {
  const { roomId, members } = await startGroup(cluster, 3);
  const [a, b, c] = members as [Talker, Talker, Talker];
  const callId = await inCall(roomId, a, b, c);
  for (const one of [a, b]) await one.ask("call:direct", { callId, allow: true });
  const host = { candidate: { candidate: "candidate:1 1 udp 2122260223 192.168.77.13 54609 typ host" } };
  for (const to of [c, b])
    for (const data of [host, { candidate: null }]) await a.ask("call:signal", { callId, to: to.user.id, data });
  const got = async (one: Talker) => {
    await until("the last has come", () =>
      one.all("call:signal").some(({ data }) => "candidate" in data && data.candidate === null),
    );
    return one.all("call:signal").map(({ data }) => data);
  };
  expect(await got(c)).toEqual([{ candidate: null }]);
  expect(await got(b)).toEqual([host, { candidate: null }]);
});

test("[C1] a crowd is told of a call, and it rings with nobody", async () => {
  const { roomId, members } = await startGroup(cluster, 2);
  const [a, b] = members as [Talker, Talker];
  for (let n = 0; n < limits.callRings; n++) {
    const { user } = await cluster.guest();
    await cluster.stores.rooms.join(user.id, cluster.nodes[0]!.id, roomId);
  }
  const { call } = await a.ask("call:start", { roomId, media: "audio" });
  expect(statesOf(call)).toEqual(is([a, "joined"]));
  expect((await b.next("call:changed")).call).toEqual(call);
  expect(b.all("call:ringing")).toEqual([]);
  expect((await b.ask("call:accept", { callId: call.id })).call.state).toBe("active");
  await b.ask("call:hangup", { callId: call.id });
  await heardBy([a, b], "over", ended("hangup"));
});

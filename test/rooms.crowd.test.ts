/** A thousand guests in one room over two nodes: everything once, and nothing that grows with the square of them. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Answer, Payload, RequestName } from "../shared/protocol/index.ts";
import { limits } from "../shared/protocol/limits.ts";
import { key } from "../shared/stores/keys.ts";
import { type Cluster, startCluster, type Talker, until } from "./support/nodes.ts";

const CROWD = limits.roomCapacityMax;
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

let cluster: Cluster;
let members: Talker[];
let roomId: string;
beforeAll(async () => {
  cluster = await startCluster(2);
  members = [];
  // A hundred at a time, as a listening port's backlog wants it.
  for (const part of range(CROWD / 100))
    members.push(...(await Promise.all(range(100).map((i) => cluster.connect((part + i) % 2)))));
  const about = { name: "Stadium", visibility: "public" as const, capacity: CROWD };
  roomId = (await cluster.stores.rooms.create(members[0]!.user.id, about)).id;
});
afterAll(() => cluster[Symbol.asyncDispose]());

/** Asks again while this machine, which is both nodes and all guests, has no time for it: as a client does (P1). */
async function insist<E extends RequestName>(member: Talker, event: E, payload: Payload<E>): Promise<Answer<E>> {
  for (;;) {
    const ack = await member.raw(event, payload);
    if (ack.ok) return ack.data as Answer<E>;
    if (ack.error.code !== "unavailable") throw new Error(ack.error.code);
    await sleep(200);
  }
}

const heard = (event: Parameters<Talker["all"]>[0]) =>
  members.reduce((sum, member) => sum + member.all(event).length, 0);

/** How many entries the nodes' inboxes were ever given. */
async function told(): Promise<number> {
  const streams = await Promise.all(
    cluster.nodes.map(({ id }) => cluster.redis.xinfo("STREAM", key("inbox", id)) as Promise<unknown[]>),
  );
  return streams.reduce<number>((sum, facts) => sum + Number(facts[facts.indexOf("entries-added") + 1]), 0);
}

test("[D3] a thousand join at once: all are in, one more is not, and the room hears some events, not a million", async () => {
  const late = await cluster.connect(0);
  const from = Date.now();
  const answers = await Promise.all(members.map((member) => insist(member, "room:join", { roomId })));
  expect(await cluster.redis.hlen(key("members", roomId))).toBe(CROWD);
  const sizes = answers.map(({ room }) => room.members.length);
  expect(Math.max(...sizes)).toBe(limits.largeRoom);
  expect(Math.max(...answers.map(({ room }) => room.memberCount!))).toBe(CROWD);
  await expect(insist(late, "room:join", { roomId })).rejects.toThrow("room-full");
  // Whoever came in last of all knows it by their answer.
  await until("the last count is told to all", () =>
    members.every(
      (member, i) =>
        answers[i]!.room.memberCount === CROWD ||
        member.all("room:joined").some(({ memberCount }) => memberCount === CROWD),
    ),
  );
  // The first hundred are told one by one (a triangle), the rest once a second.
  const seconds = (Date.now() - from) / 1000;
  expect(heard("room:joined")).toBeLessThan(limits.largeRoom ** 2 + (seconds + 5) * CROWD);
});

test("[D1] [D3] every member hears every message once, at one entry at most for each other node", async () => {
  const before = { told: await told(), stream: await cluster.redis.xlen("socket.io") };
  const sent = range(30);
  const draft = (i: number) => ({ roomId, clientMessageId: `m${i}`, kind: "text", text: `m${i}` }) as const;
  const acks = await Promise.all(sent.map((i) => insist(members[i * 7]!, "message:send", draft(i))));
  const inOrder = acks.map(({ message }) => message).toSorted((x, y) => x.seq - y.seq);
  expect(inOrder.map(({ seq }) => seq)).toEqual(sent.map((i) => i + 1));
  await until("all is heard", () => heard("message:sent") >= sent.length * (CROWD - 1));
  for (const member of members) {
    const others = inOrder.filter(({ sender }) => sender.id !== member.user.id).map(({ seq }) => seq);
    // Two nodes push as they hear of it: the order is the log's, and the client's to restore (D3).
    const heardOf = member.all("message:sent").map(({ message }) => message.seq);
    expect(heardOf.toSorted((x, y) => x - y)).toEqual(others);
  }
  // One entry for the one other node, or less where several were stored at once; the adapter carries none of it.
  const entries = (await told()) - before.told;
  expect(entries).toBeGreaterThan(0);
  expect(entries).toBeLessThanOrEqual(sent.length);
  expect(await cluster.redis.xlen("socket.io")).toBe(before.stream);
});

test("[D6] receipts, typing and presence of a thousand are kept or let go, and told to nobody", async () => {
  const before = members.map((member) => member.heard.length);
  await Promise.all(
    members.map(async (member) => {
      await insist(member, "message:ack", { roomId, readSeq: 30 });
      await insist(member, "typing:set", { roomId, typing: true });
    }),
  );
  const [gone] = members.slice(-1) as [Talker];
  gone.close();
  await until("they are away", async () => (await cluster.redis.zscore(key("online"), gone.user.id)) === null);
  await until("the inboxes are empty", async () => {
    const left = await Promise.all(cluster.nodes.map(({ id }) => cluster.redis.xlen(key("inbox", id))));
    return left.every((length) => length === 0);
  });
  await Promise.all(members.slice(0, -1).map((member) => insist(member, "stats:watch", { on: false })));
  expect(members.map((member) => member.heard.length)).toEqual(before);
  const { receipts } = await insist(members[5]!, "room:join", { roomId });
  expect(receipts).toEqual([{ userId: members[5]!.user.id, deliveredSeq: 30, readSeq: 30 }]);
});

test("[S4] a member of a thousand is forgotten with one event for each of the others", async () => {
  const [gone, ...others] = members.slice(0, -1) as [Talker, ...Talker[]];
  await gone.say(roomId, "canary");
  await cluster.stores.sessions.end(gone.user.id, "deleted");
  await until("all have heard", () => others.every((member) => member.all("message:deleted").length > 0));
  expect(new Set(others.map((member) => JSON.stringify(member.all("message:deleted"))))).toHaveLength(1);
  const seqs = others[0]!.all("message:deleted")[0]!.seqs!;
  expect(seqs).toHaveLength(2); // one of the thirty, and the last
  await until("the count is told", () => others.every((member) => member.all("room:left").length > 0));
});

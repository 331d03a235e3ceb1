/** A log that Redis came back with, shorter than what was told of it; and who only says so. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { key } from "../shared/stores/keys.ts";
import { type Cluster, startCluster, texts, until } from "./support/nodes.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster(2);
});
afterAll(() => cluster[Symbol.asyncDispose]());

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** What a crash or a failover does: the room's keys as they were a moment ago. */
async function rollBack(roomId: string, work: () => Promise<unknown>): Promise<void> {
  const names = (["room", "log", "seen"] as const).map((name) => key(name, roomId));
  const dumps = await Promise.all(names.map((name) => cluster.redis.dumpBuffer(name)));
  await work();
  for (const [i, name] of names.entries()) await cluster.redis.restore(name, 3_600_000, dumps[i]!, "REPLACE");
}

test("[D5] a log that was rolled back goes on as another: no cursor of the old one passes for one of the new", async () => {
  const [a, b, room] = await cluster.pair();
  for (const i of range(1, 5)) await a.say(room, `kept ${i}`);
  await rollBack(room, async () => {
    for (const i of range(6, 8)) await a.say(room, `rolled back ${i}`);
    await until("the partner has heard them", () => texts(b).length === 8);
  });
  const { message } = await b.say(room, "the sixth of another log");
  expect(message.seq).toBe(6);
  const { epoch } = b.all("message:sent")[0]!.message;
  expect(message.epoch).not.toBe(epoch);
  const back = await cluster.connect(1, a.identity, { cursors: { [room]: { epoch, seq: 8 } } });
  expect(back.welcome.rooms[0]!.messages.map(({ seq }) => seq)).toEqual(range(1, 6));
});

test("[D5] a rolled-back log is also known by the cursor of whoever comes back, and by the node that told more", async () => {
  const [a, b, room] = await cluster.pair();
  const { message } = await a.say(room, "kept");
  await rollBack(room, async () => {
    await a.say(room, "rolled back");
    await until("the partner has heard it", () => texts(b).length === 2);
  });
  await cluster.redis.hset(key("room", room), "run", "an earlier start's");
  const cursors = { [room]: { epoch: message.epoch, seq: 2 } };
  const back = await cluster.connect(1, a.identity, { cursors });
  const [view] = back.welcome.rooms;
  expect(view!.room.epoch).not.toBe(message.epoch);
  expect(view!.messages.map(({ text }) => text)).toEqual(["kept"]);

  const [c, d, second] = await cluster.pair();
  const told = await c.say(second, "kept");
  await rollBack(second, async () => {
    await c.say(second, "rolled back");
    await until("the partner has heard it", () => texts(d).length === 2);
  });
  await until(
    "the next beat renews the epoch",
    async () => (await d.ask("message:ack", { roomId: second })).epoch !== told.message.epoch,
    15_000,
  );
});

test("[P3] [D5] who says to know more than the log gets it from its start, and takes it from nobody", async () => {
  const [a, b, room] = await cluster.pair();
  const { message } = await a.say(room, "one");
  await a.say(room, "two");
  await b.ask("message:ack", { roomId: room, readSeq: 2 });
  const liar = { [room]: { epoch: message.epoch, seq: 999 } };
  for (const n of range(1, 3)) {
    const [view] = (await cluster.connect(n % 2, b.identity, { cursors: liar })).welcome.rooms;
    expect([view!.room.epoch, ...view!.messages.map(({ text }) => text)]).toEqual([message.epoch, "one", "two"]);
    expect(view!.receipts).toEqual([{ userId: b.user.id, deliveredSeq: 2, readSeq: 2 }]);
  }
  await a.ask("message:delete", { roomId: room, messageId: message.id }); // by the id that it had
  expect(await b.next("message:deleted")).toEqual({ roomId: room, messageId: message.id, seq: 1 });
});

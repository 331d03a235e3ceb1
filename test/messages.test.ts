import { afterAll, beforeAll, expect, test } from "vitest";
import { limits } from "../shared/protocol/limits.ts";
import { messageId } from "../shared/protocol/ids.ts";
import { key } from "../shared/stores/keys.ts";
import { type Cluster, refusal, startCluster, texts, until } from "./support/nodes.ts";
import { promised } from "./support/until.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster(2);
});
afterAll(() => cluster[Symbol.asyncDispose]());

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test("[D1] 100 messages sent at once from two nodes get seqs 1 to 100 without holes, and both sides see the same order", async () => {
  const [a, b, room] = await cluster.pair();
  const acks = await Promise.all(range(1, 100).map((i) => (i % 2 ? a : b).say(room, `message ${i}`)));
  expect(acks.map(({ message }) => message.seq).toSorted((x, y) => x - y)).toEqual(range(1, 100));
  const { messages } = await b.ask("message:history", { roomId: room, after: 0, limit: 200 });
  expect(messages.map(({ seq }) => seq)).toEqual(range(1, 100));
  await until(
    "each hears the other's 50",
    () => a.all("message:sent").length === 50 && b.all("message:sent").length === 50,
  );
  const bySeq = new Map(messages.map((message) => [message.seq, message]));
  for (const { message } of [...a.all("message:sent"), ...b.all("message:sent"), ...acks]) {
    expect(message).toEqual(bySeq.get(message.seq));
  }
});

test("[D2] one clientMessageId, sent one to five times at once through both nodes, 1,000 runs: one entry, one seq, one push", async () => {
  const [a, b, room] = await cluster.pair();
  const tab = await cluster.connect(1, a.identity);
  const runs = limits.historyMessages;
  for (const run of range(1, runs)) {
    const times = 1 + (run % 5);
    const acks = await Promise.all(range(1, times).map((i) => (i % 2 ? a : tab).say(room, `run ${run}`, `id-${run}`)));
    expect(new Set(acks.map(({ message }) => message.seq))).toEqual(new Set([run]));
    expect(new Set(acks.map(({ message }) => message.id)).size).toBe(1);
  }
  expect(await cluster.redis.xlen(key("log", room))).toBe(runs);
  // A push may be repeated by what a beat catches up on: each place counts once.
  const heard = () => new Map(b.all("message:sent").map(({ message }) => [message.seq, message.text]));
  await until("the partner hears each", () => heard().size >= runs);
  const inOrder = [...heard()].toSorted(([x], [y]) => x - y); // by two ways: their own node, and the other
  expect(inOrder.map(([, text]) => text)).toEqual(range(1, runs).map((run) => `run ${run}`));
  // It is what is kept of them that makes it so: without it the same is stored again, and is seen.
  await cluster.redis.del(key("seen", room));
  expect((await a.say(room, "run 1", "id-1")).message.seq).toBe(runs + 1);
});

test("[D2] the same clientMessageId of the other member, or in another room, is another message", async () => {
  const [a, b, room] = await cluster.pair();
  const first = await a.say(room, "mine", "same");
  const second = await b.say(room, "yours", "same");
  expect([first.message.seq, second.message.seq]).toEqual([1, 2]);
  await a.ask("match:leave", {});
  const [c] = await cluster.pair();
  expect(await refusal(c.say(room, "stranger", "same"))).toBe("forbidden");
});

test("[D2] the retry of an accepted message is answered with it although the room is closed; a new one is refused", async () => {
  const [a, b, room] = await cluster.pair();
  const { message } = await a.say(room, "last words", "once");
  await b.ask("room:leave", { roomId: room });
  await a.next("match:ended");
  expect((await a.say(room, "last words", "once")).message).toEqual(message);
  expect(await refusal(a.say(room, "too late", "twice"))).toBe("room-closed");
  const { messages } = await b.ask("message:history", { roomId: room });
  expect(messages).toEqual([message]);
});

test("[D3] every connection of every member hears a message, but not the one that sent it", async () => {
  const [a, b, room] = await cluster.pair();
  const [sameNode, otherNode] = await Promise.all([cluster.connect(0, a.identity), cluster.connect(1, a.identity)]);
  const { message } = await a.say(room, "to all");
  for (const talker of [b, sameNode, otherNode]) expect((await talker.next("message:sent")).message).toEqual(message);
  await b.say(room, "and back");
  await a.next("message:sent");
  expect(texts(a)).toEqual(["and back"]);
});

test("[D4] connecting while messages flow: between the backfill and what is told live there is no hole", async () => {
  const [a, b, room] = await cluster.pair();
  const { message: first } = await a.say(room, "0");
  const total = 400;
  let sent = 0;
  const sending = (async () => {
    while (sent < total) await Promise.all(range(1, 4).map(() => a.say(room, String(++sent))));
  })();
  for (let n = 0; n < 12; n++) {
    const cursor = { epoch: first.epoch, seq: first.seq };
    const tab = await cluster.connect(n % 2, b.identity, { cursors: { [room]: cursor } });
    const [backfill] = tab.welcome.rooms;
    await until("some live ones", () => tab.all("message:sent").length >= 5 || sent >= total);
    const live = tab.all("message:sent").map(({ message }) => message.seq);
    const { lastSeq } = backfill!.room;
    // What the node reads late of its inbox may repeat what was in the backfill; nothing is ever skipped.
    let heard = lastSeq;
    for (const seq of live) {
      expect(seq).toBeLessThanOrEqual(heard + 1);
      heard = Math.max(heard, seq);
    }
    const seen = backfill!.messages.map(({ seq }) => seq);
    expect(seen).toEqual(range(2, Math.min(lastSeq, limits.historyPage + 1)));
    tab.close();
  }
  await sending;
});

test("[D5] history keeps the newest 1,000: an older cursor gets a gap, pages join without holes either way", async () => {
  const [a, b, room] = await cluster.pair();
  const total = limits.historyMessages + 250;
  for (let n = 0; n < total; n += 50) await Promise.all(range(1, 50).map((i) => a.say(room, `m${n + i}`)));
  const old = await b.ask("message:history", { roomId: room, after: 1, limit: 200 });
  expect(old.gap).toBe(true);
  const oldest = old.messages[0]!.seq;
  expect(oldest).toBeLessThanOrEqual(total - limits.historyMessages + 1);
  const seqs: number[] = [];
  for (let after = oldest - 1; ;) {
    const page = await b.ask("message:history", { roomId: room, after, limit: 200 });
    expect(page.gap).toBe(false);
    seqs.push(...page.messages.map(({ seq }) => seq));
    if (!page.more) break;
    after = seqs.at(-1)!;
  }
  expect(seqs).toEqual(range(oldest, total));
  const back = await b.ask("message:history", { roomId: room, before: total + 1, limit: 10 });
  expect(back.messages.map(({ seq }) => seq)).toEqual(range(total - 9, total));
  expect(back.more).toBe(true);
  // What is no longer in the log is no longer anywhere.
  expect(await cluster.redis.xlen(key("log", room))).toBe(total - oldest + 1);
});

test("[D5] a cursor of another epoch gets the log from its start; without a cursor the newest 50", async () => {
  const [a, b, room] = await cluster.pair();
  await Promise.all(range(1, 120).map((i) => a.say(room, `m${i}`)));
  const other = await cluster.connect(1, b.identity, { cursors: { [room]: { epoch: "ABCDEFGHIJKLMNOP", seq: 100 } } });
  expect(other.welcome.rooms[0]!.messages.map(({ seq }) => seq)).toEqual(range(1, 120));
  const fresh = await cluster.connect(0, b.identity);
  expect(fresh.welcome.rooms[0]!.messages.map(({ seq }) => seq)).toEqual(range(71, 120));
  expect(fresh.welcome.rooms[0]!.more).toBe(true);
});

test("[D6] delivered and read come from the recipient only, rise only, and never beyond the log", async () => {
  const [a, b, room] = await cluster.pair();
  await a.say(room, "one");
  await a.say(room, "two");
  await until("the partner has both", () => texts(b).length === 2);
  expect(a.all("message:acked")).toEqual([]); // nobody spoke for the recipient
  const receipt = { roomId: room, userId: b.user.id };
  const answer = await b.ask("message:ack", { roomId: room, deliveredSeq: 99, readSeq: 1 });
  expect(answer.lastSeq).toBe(2);
  expect(await a.next("message:acked")).toEqual({ ...receipt, deliveredSeq: 2, readSeq: 1 });
  await b.ask("message:ack", { roomId: room, deliveredSeq: 1, readSeq: 0 });
  await b.ask("message:ack", { roomId: room, readSeq: 2 });
  expect(await a.next("message:acked")).toEqual({ ...receipt, deliveredSeq: 2, readSeq: 2 });
  const tab = await cluster.connect(0, a.identity);
  expect(tab.welcome.rooms[0]!.receipts).toEqual([{ userId: b.user.id, deliveredSeq: 2, readSeq: 2 }]);
});

test("[D7] what is told is stored: at each push the log already has it", async () => {
  const [a, b, room] = await cluster.pair();
  const checks: Promise<boolean>[] = [];
  b.socket.on("message:sent", ({ message }: { message: { seq: number } }) => {
    checks.push(
      cluster.redis
        .xrange(key("log", room), `${message.seq}-0`, `${message.seq}-0`)
        .then((found) => found.length === 1),
    );
  });
  await Promise.all(range(1, 50).map((i) => a.say(room, `m${i}`)));
  await until("all pushed", () => checks.length === 50);
  expect(await Promise.all(checks)).toEqual(Array(50).fill(true));
});

test("[D8] a message whose push was lost arrives within 15 s", async () => {
  const [a, b, room] = await cluster.pair();
  await a.say(room, "heard");
  await b.next("message:sent");
  // Stored as if by the partner's own node, so that no inbox has it.
  const draft = { roomId: room, clientMessageId: "lost", kind: "text" as const, text: "lost push" };
  await cluster.stores.messages.append(a.user, cluster.nodes[1]!.id, draft);
  expect((await b.next("message:sent", promised(15_000))).message).toMatchObject({ seq: 2, text: "lost push" });
});

test("[D3] reactions and deletions reach both nodes, and history shows what became of a message", async () => {
  const [a, b, room] = await cluster.pair();
  const { message } = await a.say(room, "react to me");
  await a.say(room, "delete me", "gone");
  const react = { roomId: room, messageId: message.id, emoji: "👍" };
  await b.ask("message:react", { ...react, on: true });
  await b.ask("message:react", { ...react, on: true }); // again changes nothing
  expect(await a.next("message:reacted")).toEqual({ ...react, seq: 1, userId: b.user.id, on: true });
  await a.ask("message:react", { ...react, on: true });
  const deleted = messageId(message.epoch, 2);
  expect(await refusal(b.ask("message:delete", { roomId: room, messageId: deleted }))).toBe("forbidden");
  await a.ask("message:delete", { roomId: room, messageId: deleted });
  await a.ask("message:delete", { roomId: room, messageId: deleted });
  expect(await b.next("message:deleted")).toEqual({ roomId: room, messageId: deleted, seq: 2 });
  const { messages } = await b.ask("message:history", { roomId: room });
  expect(messages[0]!.reactions).toEqual({ "👍": [b.user.id, a.user.id] });
  expect(messages[1]).toMatchObject({ id: deleted, seq: 2, deleted: true });
  expect(JSON.stringify(messages[1])).not.toContain("delete me");
  expect((await a.say(room, "delete me", "gone")).message).toMatchObject({ seq: 2, deleted: true });
  await b.ask("message:react", { ...react, on: false });
  expect((await a.next("message:reacted")).on).toBe(false);
  expect(a.all("message:reacted")).toHaveLength(2);
});

test("[D3] typing reaches the partner on the other node, and nothing of it is kept", async () => {
  const [a, b, room] = await cluster.pair();
  await a.ask("typing:set", { roomId: room, typing: true });
  expect(await b.next("typing:changed")).toEqual({ roomId: room, userId: a.user.id, typing: true });
  expect(await cluster.redis.xlen(key("log", room))).toBe(0);
});

test("[D7] an inbox holds only what is unread: after the conversation it is empty", async () => {
  const [a, b, room] = await cluster.pair();
  await a.say(room, "nothing of this stays in transit");
  await b.next("message:sent");
  for (const node of cluster.nodes) {
    await until("the inbox is empty", async () => (await cluster.redis.xlen(key("inbox", node.id))) === 0);
  }
});

test("[P3] a reply is to a message of the same room", async () => {
  const [a, b, room] = await cluster.pair();
  const { message } = await a.say(room, "question");
  const reply = { roomId: room, clientMessageId: "reply", kind: "text" as const, text: "answer", replyTo: message.id };
  expect((await b.ask("message:send", reply)).message.replyTo).toBe(message.id);
  expect((await a.next("message:sent")).message.replyTo).toBe(message.id);
  const [c, , other] = await cluster.pair();
  await c.say(other, "elsewhere");
  for (const replyTo of [message.id, messageId(message.epoch, 9), "msg_notoneofours1234567"]) {
    const foreign = { ...reply, roomId: other, clientMessageId: replyTo, replyTo };
    expect(await refusal(c.ask("message:send", foreign))).toBe("not-found");
  }
  expect(await cluster.redis.xlen(key("log", other))).toBe(1);
});

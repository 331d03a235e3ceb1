/** What is said in groups: order, once, a day, and what is forgotten. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Message, requests } from "../shared/protocol/index.ts";
import { limits } from "../shared/protocol/limits.ts";
import { messages as messageRoutes } from "../shared/protocol/messages.ts";
import { key } from "../shared/stores/keys.ts";
import { type Client, createClient, type Saved, type Storage } from "../shared/client/index.ts";
import { dump } from "./support/dump.ts";
import { ageLog, apiOf, range, startGroup, strictly } from "./support/groups.ts";
import type { Api } from "./support/http.ts";
import { type Cluster, startCluster, type Talker, until } from "./support/nodes.ts";

let cluster: Cluster;
let api: Api;
beforeAll(async () => {
  cluster = await startCluster(2);
  api = await apiOf(cluster);
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await cluster?.[Symbol.asyncDispose]();
});

describe("what is said", () => {
  test("[D1] [D3] messages of six members on two nodes are in one order, for all; receipts, reactions and typing reach all", async () => {
    const { roomId, members } = await startGroup(cluster, 6);
    const [ada, bob] = members as [Talker, Talker];
    const acks = await Promise.all(range(60).map((i) => members[i % 6]!.say(roomId, `m${i}`)));
    const { messages } = await bob.ask("message:history", { roomId, after: 0, limit: 200 });
    expect(messages.map(({ seq }) => seq)).toEqual(range(60).map((i) => i + 1));
    await until("all is heard", () => members.every((member) => member.all("message:sent").length === 50));
    for (const member of members) {
      const own = acks.filter((_, i) => members[i % 6] === member).map(({ message }) => message);
      const heard = member.all("message:sent").map(({ message }) => message);
      expect([...own, ...heard].toSorted((x, y) => x.seq - y.seq)).toEqual(messages);
    }
    const others = members.filter((member) => member !== bob);
    await bob.ask("message:ack", { roomId, readSeq: 60 });
    await bob.ask("message:react", { roomId, messageId: messages[0]!.id, emoji: "👍", on: true });
    await bob.ask("typing:set", { roomId, typing: true });
    for (const other of others) {
      expect(await other.next("message:acked")).toMatchObject({ userId: bob.user.id, readSeq: 60 });
      expect(await other.next("message:reacted")).toMatchObject({ userId: bob.user.id, emoji: "👍" });
      expect(await other.next("typing:changed")).toMatchObject({ userId: bob.user.id, typing: true });
    }
    const { receipts } = await ada.ask("room:join", { roomId });
    expect(receipts).toEqual([{ userId: bob.user.id, deliveredSeq: 60, readSeq: 60 }]);
  });

  test("[M2] [D3] who blocked whom does not reach them in a group either, nor they them; the places stay, for all", async () => {
    const { roomId, members } = await startGroup(cluster, 4);
    const [ada, bob, cleo, dan] = members as [Talker, Talker, Talker, Talker];
    await bob.say(roomId, "before");
    await ada.ask("user:block", { userId: bob.user.id });
    const again = await cluster.connect(1, ada.identity); // another tab, on the other node
    const said = [];
    for (const one of [bob, cleo, ada, dan]) said.push((await one.say(roomId, `by ${one.user.username}`)).message);
    const textsOf = async (member: Talker) => {
      const count = member === bob ? 3 : 4;
      const heard = () => member.all("message:sent").map(({ message }) => message);
      await until("all is heard", () => heard().length >= count);
      const inOrder = heard().toSorted((x, y) => x.seq - y.seq); // by two ways: their own node, and the other
      return inOrder.map(({ text, deleted, seq }) => text ?? (deleted && seq));
    };
    const [byBob, byCleo, byAda, byDan] = said.map(({ text }) => text);
    expect(await textsOf(cleo)).toEqual(["before", byBob, byAda, byDan]);
    expect(await textsOf(dan)).toEqual(["before", byBob, byCleo, byAda]);
    expect(await textsOf(ada)).toEqual(["before", 2, byCleo, byDan]);
    expect(await textsOf(again)).toEqual([2, byCleo, byAda, byDan]);
    expect(await textsOf(bob)).toEqual([byCleo, 4, byDan]);

    const [full, hers, his] = await Promise.all(
      [cleo, ada, bob].map((one) => one.ask("message:history", { roomId, after: 0 }).then((page) => page.messages)),
    );
    const read = (messages: Message[]) => messages.map(({ text, deleted }) => text ?? deleted);
    expect(read(full!)).toEqual(["before", byBob, byCleo, byAda, byDan]);
    expect(read(hers!)).toEqual([true, true, byCleo, byAda, byDan]);
    expect(read(his!)).toEqual(["before", byBob, byCleo, true, byDan]);
    const { id, seq, sender, clientMessageId, sentAt } = full![1]!;
    const place = {
      id,
      roomId,
      epoch: full![1]!.epoch,
      seq,
      clientMessageId,
      sender,
      kind: "text",
      deleted: true,
      sentAt,
    };
    expect(hers![1]).toEqual(place);
    expect(ada.all("message:sent").find(({ message }) => message.seq === 2)!.message).toEqual(place);

    // A push that their node never got, and finds in the log.
    const draft = { roomId, clientMessageId: "unheard", kind: "text" as const, text: "unheard" };
    await cluster.stores.messages.append(bob.user, cluster.nodes[0]!.id, draft);
    const sixth = (member: Talker) =>
      until("it is found", () => member.all("message:sent").find(({ message }) => message.seq === 6)?.message);
    expect(await Promise.all([cleo, dan, ada].map(sixth))).toMatchObject([
      { text: "unheard" },
      { text: "unheard" },
      { deleted: true },
    ]);

    const back = await cluster.connect(0, ada.identity);
    expect(read(back.welcome.rooms[0]!.messages)).toEqual([...read(hers!), true]);
    const route = await api.ask(`/api/rooms/${roomId}/messages?after=0&limit=5`, { token: ada.identity.token });
    expect(strictly(messageRoutes.routes["GET /api/rooms/:id/messages"].answer, route.text).messages).toEqual(hers);
  });

  test("[D2] one clientMessageId, sent at once through both nodes, is one message; another member's is another", async () => {
    const { roomId, members } = await startGroup(cluster, 2);
    const [a, b] = members as [Talker, Talker];
    const tab = await cluster.connect(1, a.identity);
    for (const run of range(20)) {
      const acks = await Promise.all([a, tab, a, tab].map((one) => one.say(roomId, `run ${run}`, `id-${run}`)));
      expect(new Set(acks.map(({ message }) => message.seq))).toEqual(new Set([run + 1]));
    }
    expect((await b.say(roomId, "mine", "id-3")).message.seq).toBe(21);
    await a.ask("room:leave", { roomId });
    await a.ask("room:join", { roomId });
    expect((await a.say(roomId, "again", "id-3")).message).toMatchObject({ seq: 4, text: "run 3" });
  });

  test("[D5] after a day a message is gone though its room goes on: the places stay, a cursor from before gets a gap", async () => {
    const { roomId, members } = await startGroup(cluster, 2);
    const [a, b] = members as [Talker, Talker];
    const [first, deleted] = [await a.say(roomId, "yesterday"), await b.say(roomId, "deleted yesterday")];
    await b.ask("message:delete", { roomId, messageId: deleted.message.id });
    await a.ask("message:react", { roomId, messageId: first.message.id, emoji: "👍", on: true });
    const marks = key("marks", roomId);
    const stub = JSON.parse((await cluster.redis.hget(marks, "x2"))!) as { at: number };
    await cluster.redis.hset(marks, "x2", JSON.stringify({ ...stub, at: stub.at - limits.historyMs }));
    await ageLog(cluster, roomId, limits.historyMs - 120_000); // two minutes short of a day: nothing happens
    await b.say(roomId, "today");
    await cluster.stores.presence.reap();
    expect((await a.ask("message:history", { roomId })).messages).toHaveLength(3);
    await ageLog(cluster, roomId, 120_000, 2);
    await until("it is trimmed", async () => (await cluster.redis.hget(key("room", roomId), "first")) === "3");
    const { messages, gap } = await a.ask("message:history", { roomId, after: 0 });
    expect([messages.map(({ seq, text }) => [seq, text]), gap]).toEqual([[[3, "today"]], true]);
    expect(JSON.stringify(await dump(cluster.redis))).not.toContain("yesterday");
    expect(await cluster.redis.hlen(marks)).toBe(0);
    // Due again when the oldest that is left turns a day old.
    const due = Number(await cluster.redis.zscore(key("logsDue"), roomId));
    expect(Math.abs(due - Date.parse(messages[0]!.sentAt) - limits.historyMs)).toBeLessThan(1_000);
    await ageLog(cluster, roomId, limits.historyMs);
    await until("all is trimmed", async () => (await cluster.redis.zscore(key("logsDue"), roomId)) === null);
    expect((await a.say(roomId, "after the silence")).message.seq).toBe(4);
    expect(await cluster.redis.pttl(key("log", roomId))).toBeGreaterThan(0);
    expect(await cluster.redis.zscore(key("logsDue"), roomId)).not.toBeNull();
  });

  test("[S4] who ends their session is forgotten in groups, also in those they left: deleted messages keep the places", async () => {
    const { roomId, members } = await startGroup(cluster, 3);
    const [stay, , gone] = members as [Talker, Talker, Talker];
    const other = await startGroup(cluster, 1);
    await gone.ask("room:join", { roomId: other.roomId });
    await gone.say(other.roomId, "canary-left-behind");
    await gone.ask("room:leave", { roomId: other.roomId });
    const { message: kept } = await stay.say(roomId, "kept");
    await gone.say(roomId, "canary-one", "canary-id");
    await stay.say(roomId, "between");
    const { message: own } = await gone.say(roomId, "canary-two");
    await gone.ask("message:delete", { roomId, messageId: (await gone.say(roomId, "canary-three")).message.id });
    await gone.ask("message:react", { roomId, messageId: kept.id, emoji: "👍", on: true });
    await stay.ask("message:react", { roomId, messageId: kept.id, emoji: "👍", on: true });
    await stay.ask("message:react", { roomId, messageId: own.id, emoji: "🎉", on: true });
    await gone.ask("message:ack", { roomId, readSeq: 4 });
    expect(JSON.stringify(await dump(cluster.redis))).toContain("canary-left-behind");

    await api.ask("/api/guest/me", { method: "DELETE", token: gone.identity.token });
    expect(await stay.next("message:deleted")).toMatchObject({ roomId, seq: 5 });
    expect(await stay.next("message:deleted")).toEqual({
      roomId,
      messageId: `msg_${own.epoch}_5`,
      seq: 5,
      seqs: [2, 4, 5],
    });
    expect((await stay.next("room:left")).user).toEqual(gone.user);
    await until("the inboxes are read", async () => {
      const left = await Promise.all(cluster.nodes.map(({ id }) => cluster.redis.xlen(key("inbox", id))));
      return left.every((length) => length === 0);
    });
    const all = JSON.stringify(await dump(cluster.redis));
    for (const trace of ["canary", gone.user.id, gone.user.username]) expect(all).not.toContain(trace);
    const { messages } = await stay.ask("message:history", { roomId, after: 0 });
    expect(messages.map(({ seq, text, deleted }) => [seq, text ?? deleted])).toEqual([
      [1, "kept"],
      [2, true],
      [3, "between"],
      [4, true],
      [5, true],
    ]);
    expect(messages[0]!.reactions).toEqual({ "👍": [stay.user.id] });
    expect(messages[1]!.sender.username).toBe("forgotten");
    requests["message:history"].answer.parse({ messages, more: false, gap: false });
    expect((await stay.say(roomId, "on we go")).message.seq).toBe(6);
  });
});

test("[D3] [S3] the client: made here, there in the other tab too; found, joined, talked in, left; who goes is forgotten on screen", async () => {
  const { port } = cluster.nodes[0]!;
  await using functions = await apiOf(cluster, { SOCKET_URL: `http://127.0.0.1:${port}` });
  const clients: Client[] = [];
  const open = async (storage?: Storage) => {
    const client = createClient({ httpUrl: functions.url, ...(storage && { storage }) });
    clients.push(client);
    return client;
  };
  try {
    let saved: Saved | undefined;
    const ada = await open({ load: () => undefined, save: (next) => (saved = next) });
    await ada.start();
    const tab = await open({ load: () => saved, save: () => {} });
    tab.resume();
    await tab.when(({ connection }) => connection.state === "online");
    const roomId = await ada.groups.create({ name: "Clients", visibility: "public" });
    const within = (client: Client) => client.getState().rooms[roomId];
    await tab.when(({ rooms }) => rooms[roomId]?.info?.name === "Clients");
    const bob = await open();
    const { id: bobId } = await bob.start();
    expect((await bob.groups.list()).rooms.map(({ id }) => id)).toContain(roomId);
    expect((await bob.groups.look(roomId)).members).toEqual([]);
    await bob.groups.join(roomId);
    bob.send(roomId, "canary of bob");
    ada.send(roomId, "hello bob");
    for (const client of [ada, tab, bob]) {
      await client.when(({ rooms }) => rooms[roomId]?.log.shown.length === 2);
      await client.when(({ rooms }) => rooms[roomId]?.info?.memberCount === 2);
    }
    await bob.signOut();
    await ada.when(({ rooms }) => rooms[roomId]?.log.shown.some(({ deleted }) => deleted) === true);
    expect(
      within(ada)!
        .log.shown.map(({ text }) => text ?? "gone")
        .toSorted(),
    ).toEqual(["gone", "hello bob"]);
    await ada.when(({ rooms }) => rooms[roomId]?.info?.members.every(({ id }) => id !== bobId) === true);
    await tab.when(({ rooms }) => rooms[roomId]?.log.shown.some(({ deleted }) => deleted) === true);
    // Read again, what is of nobody now takes the place it had, and nothing else changes.
    await ada.groups.join(roomId);
    expect(within(ada)!.log.shown.map(({ seq, deleted }) => [seq, deleted ?? false])).toEqual(
      within(tab)!.log.shown.map(({ seq, deleted }) => [seq, deleted ?? false]),
    );
    await ada.leave(roomId);
    await tab.when(({ rooms }) => rooms[roomId]?.ended?.mine === true);
  } finally {
    for (const client of clients) client.destroy();
  }
});

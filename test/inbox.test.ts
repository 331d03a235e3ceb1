/** What a node is told and cannot read: an op of another version while a deploy rolls, or a broken entry. */
import { expect, test } from "vitest";
import { createClient } from "../shared/client/index.ts";
import { key } from "../shared/stores/keys.ts";
import { apiOf, startGroup } from "./support/groups.ts";
import { listenToLog } from "./support/log.ts";
import { startBalancer } from "./faults/balancer.ts";
import { refusal, startCluster, type Talker, texts, until } from "./support/nodes.ts";
import { freshRedisUrl } from "./support/redis.ts";

test("[D3] whom an unknown or broken entry is about comes in anew and knows what it told; nobody else does, and the log says so", async () => {
  using log = listenToLog();
  await using cluster = await startCluster(1, { LOG_LEVEL: "info" });
  const [node] = cluster.nodes as [(typeof cluster.nodes)[0]];
  await using functions = await apiOf(cluster, { SOCKET_URL: `http://127.0.0.1:${node.port}` });
  const tell = (...entry: string[]) => cluster.redis.xadd(key("inbox", node.id), "*", ...entry);
  const [a, b, roomId] = await cluster.pair(0, 0);
  const bystander = await cluster.connect();
  const real = createClient({ httpUrl: functions.url });
  try {
    const { id } = await real.start();
    const first = real.getState().connection;
    // Renamed, and told by an op that this version does not have.
    await cluster.stores.sessions.update(id, { username: "Someone_new" });
    await tell("op", "renamed in another way", "user", id);
    await tell("op", "event", "room", roomId, "event", "message:reacted", "payload", "{");
    await until("the pair is cut", () => !a.socket.connected && !b.socket.connected);
    await real.when(({ connection, user }) => {
      return connection.state === "online" && connection !== first && user?.username === "Someone_new";
    });
    expect(bystander.socket.connected).toBe(true);
    // One about nobody may be about anybody; but a flood of them cuts nobody again and again.
    await tell("op", "about nobody in particular");
    await until("cut as well", () => !bystander.socket.connected);
    const patient = await cluster.connect();
    await tell("op", "about nobody in particular");
    await until("said again", () => log.text().split("come in anew").length === 4);
    expect((await patient.raw("stats:watch", { on: false })).ok).toBe(true);
    const said = log.lines().filter(({ msg }) => String(msg).includes("come in anew"));
    expect(said).toMatchObject([
      { ops: ["renamed in another way", "event"], sockets: 3 },
      { ops: ["about nobody in particular"] },
      { ops: ["about nobody in particular"], sockets: 0 },
    ]);
  } finally {
    real.destroy();
  }
});

test("[D3] a link that dies between an entry and its taking out is given up, and what comes next is told", async () => {
  const url = new URL(await freshRedisUrl());
  await using link = await startBalancer([Number(url.port)]);
  await using cluster = await startCluster(2, { REDIS_URL: `redis://127.0.0.1:${link.port}${url.pathname}` });
  const [a, b, roomId] = await cluster.pair(0, 1);
  link.strandAfter("the last on that link");
  await a.say(roomId, "the last on that link");
  await b.next("message:sent");
  // Not a message, which a look at the log would find as well.
  await a.ask("typing:set", { roomId, typing: true });
  expect(await b.next("typing:changed")).toEqual({ roomId, userId: a.user.id, typing: true });
});

test("[D3] a node that falls too far behind loses its inbox whole, and its guests come in anew; less is caught up with", async () => {
  await using cluster = await startCluster(1);
  const [ada, bob] = await cluster.pair(0, 0);
  const inbox = key("inbox", cluster.nodes[0]!.id);
  const pile = (count: number) =>
    cluster.redis.eval(
      "for i = 1, ARGV[1] do redis.call('XADD', KEYS[1], '*', 'op', 'renamed', 'user', 'nobody') end",
      1,
      inbox,
      count,
    );
  await Promise.all([pile(9_000), cluster.stores.presence.reap()]);
  await until("all is read", async () => (await cluster.redis.xlen(inbox)) === 0);
  await ada.ask("stats:watch", { on: false });
  expect([ada.socket.connected, bob.socket.connected]).toEqual([true, true]);
  await Promise.all([pile(25_000), cluster.stores.presence.reap()]);
  await until("the guests are sent to come in anew", () => !ada.socket.connected && !bob.socket.connected);
});

test("[S3] [D3] what Redis did and could not say in time is told all the same, by the node that asked too", async () => {
  const url = new URL(await freshRedisUrl());
  await using link = await startBalancer([Number(url.port)]);
  await using cluster = await startCluster(1, { REDIS_URL: `redis://127.0.0.1:${link.port}${url.pathname}` });
  const { roomId, members } = await startGroup(cluster, 3);
  const [ada, bob, cyd] = members as [Talker, Talker, Talker];
  const other = (await cluster.stores.rooms.create(ada.user.id, { name: "Den", visibility: "unlisted" })).id;
  const dan = await cluster.connect();
  const tab = await cluster.connect(0, dan.identity);
  const [gone, liked] = [(await ada.say(roomId, "to be deleted")).message, (await ada.say(roomId, "liked")).message];
  const reaction = { roomId, messageId: liked.id, emoji: "👍", on: true };
  link.delay(1_000); // there in time, and back too late
  const told = await Promise.all(
    [
      bob.ask("room:leave", { roomId }),
      ada.ask("message:delete", { roomId, messageId: gone.id }),
      cyd.ask("message:react", reaction),
      dan.ask("room:join", { roomId: other }),
    ].map(refusal),
  );
  expect(told).toEqual(Array(4).fill("unavailable"));
  link.delay(0);
  expect(await ada.next("room:left")).toEqual({ roomId, user: bob.user, memberCount: 2 });
  expect(await cyd.next("message:deleted")).toEqual({ roomId, messageId: gone.id, seq: gone.seq });
  expect(await ada.next("message:reacted")).toEqual({ ...reaction, seq: liked.seq, userId: cyd.user.id });
  expect(await tab.next("room:joined")).toEqual({ roomId: other, user: dan.user, memberCount: 2 });
  expect(await refusal(bob.ask("room:leave", { roomId }))).toBe("forbidden"); // done already
  await ada.say(roomId, "among us");
  await ada.say(other, "to both tabs");
  await Promise.all([bob, dan, tab].map((one) => one.ask("stats:watch", { on: false })));
  expect([bob, dan, tab].map((one) => texts(one).at(-1))).toEqual(["liked", "to both tabs", "to both tabs"]);
});

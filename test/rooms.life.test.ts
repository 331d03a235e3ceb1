/** A group's end, its members' presence, and a node that dies under it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { key } from "../shared/stores/keys.ts";
import { beatMs } from "../shared/stores/leases.ts";
import { startTier } from "./faults/tier.ts";
import { dump } from "./support/dump.ts";
import { range, startGroup } from "./support/groups.ts";
import { type Cluster, refusal, startCluster, Talker, texts, until } from "./support/nodes.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster(2);
});
afterAll(async () => {
  await cluster?.[Symbol.asyncDispose]();
});

describe("the end of a room", () => {
  test("a room without members is out of the list, lives an hour for its link, and is then forgotten", async () => {
    const { roomId, members } = await startGroup(cluster, 2, { visibility: "public", name: "canary-room" });
    const [a, b] = members as [Talker, Talker];
    await a.say(roomId, "canary-text");
    for (const member of members) await member.ask("room:leave", { roomId });
    const due = Number(await cluster.redis.zscore(key("emptyRooms"), roomId));
    expect(Math.abs(due - Date.now() - 3_600_000)).toBeLessThan(30_000);
    expect(await cluster.redis.zscore(key("publicRooms"), roomId)).toBeNull();
    const { messages } = await b.ask("room:join", { roomId });
    expect(messages).toHaveLength(1);
    expect(await cluster.redis.zscore(key("emptyRooms"), roomId)).toBeNull();
    expect(await cluster.redis.zscore(key("publicRooms"), roomId)).not.toBeNull();
    await cluster.stores.presence.reap();
    await b.ask("room:leave", { roomId });
    await cluster.redis.zadd(key("emptyRooms"), Date.now(), roomId); // the hour is over
    await until("it is reaped", async () => (await cluster.redis.exists(key("room", roomId))) === 0);
    const all = JSON.stringify(await dump(cluster.redis));
    for (const trace of [roomId, "canary-room", "canary-text"]) expect(all).not.toContain(trace);
    expect(await refusal(a.ask("room:join", { roomId }))).toBe("not-found");
  });

  test("[D3] a room that is closed says so to all with the reason, and nothing of it is left", async () => {
    const { roomId, members } = await startGroup(cluster, 4);
    await members[1]!.say(roomId, "canary-closed");
    expect(await cluster.stores.rooms.close(roomId, "moderated")).toBe(true);
    for (const member of members) expect(await member.next("room:closed")).toEqual({ roomId, reason: "moderated" });
    expect(await refusal(members[0]!.say(roomId, "hello?"))).toBe("not-found");
    await until("nothing of it is left", async () => !JSON.stringify(await dump(cluster.redis)).includes(roomId));
    expect(await cluster.stores.rooms.close(roomId, "again")).toBe(false);
  });

  test("[D3] a room that Redis has lost says so within two beats, and goes on telling nothing", async () => {
    const { roomId, members } = await startGroup(cluster, 2);
    const from = performance.now();
    await cluster.redis.del(key("room", roomId));
    // A node beats whenever it has a new link. That must not make a room look lost that is just being ended.
    for (let times = 0; times < 3; times++) {
      const all = String(await cluster.redis.client("LIST")).split("\n");
      const mine = all.filter((line) => line.includes(` db=${cluster.redis.options.db} `));
      const ids = mine.map((line) => /id=(\d+)/.exec(line)![1]!);
      for (const id of ids) await cluster.redis.call("CLIENT", "KILL", "ID", id, "SKIPME", "yes");
      const served = (member: Talker) => refusal(member.ask("stats:watch", { on: false }));
      for (const member of members) await until("the link is back", async () => (await served(member)) === "accepted");
    }
    for (const member of members) expect(await member.next("room:closed")).toEqual({ roomId, reason: "gone" });
    expect(performance.now() - from).toBeGreaterThan(beatMs / 2);
  });
});

describe("presence", () => {
  test("[M6] a member who drops out is away, after the grace offline, and online again; the members stay", async () => {
    await using own = await startCluster(2, { PAIR_GRACE_MS: "4000" });
    const { roomId, members } = await startGroup(own, 3);
    const [a, b, c] = members as [Talker, Talker, Talker];
    const of = (talker: Talker, status: string) => ({ roomId, userId: talker.user.id, status });
    b.close();
    expect(await a.next("presence:changed")).toEqual(of(b, "away"));
    const statusOf = async (who: Talker) =>
      (await own.stores.rooms.read(a.user.id, roomId)).members.find(({ id }) => id === who.user.id)?.status;
    expect(await statusOf(b)).toBe("away");
    expect(await a.next("presence:changed")).toEqual(of(b, "offline"));
    expect(await statusOf(b)).toBe("offline");
    await a.say(roomId, "while you were away");
    const back = await own.connect(0, b.identity);
    expect(back.welcome.rooms[0]!.messages.map(({ text }) => text)).toEqual(["while you were away"]);
    for (const one of [a, c]) {
      const heard = () => one.all("presence:changed").map(({ status }) => status);
      await until("back online", () => heard().length === 3);
      expect(heard()).toEqual(["away", "offline", "online"]);
    }
    expect(await statusOf(b)).toBe("online");
    const pair = await own.pair();
    pair[1].close();
    await pair[0].next("match:ended");
    expect(pair[0].all("presence:changed").map(({ status }) => status)).toEqual(["away"]); // a pair ends instead
  });

  test("[D3] [D4] [M5] a node is killed under a group: nobody loses a message, the room tells who is away and who is back", async () => {
    const { roomId, members } = await startGroup(cluster, 3);
    await using tier = await startTier("socket-tier/index.ts", { ...cluster.env, NODE_OPTIONS: "--import tsx" });
    await tier.begun();
    const far = new Talker(`http://127.0.0.1:${tier.port}`, await cluster.guest());
    await far.welcomed();
    const { room } = await far.ask("room:join", { roomId });
    await members[0]!.say(roomId, "to all nodes");
    await far.next("message:sent");
    const sent = range(60);
    const sending = (async () => {
      for (const i of sent) await members[i % 3]!.say(roomId, `m${i}`);
    })();
    await until("some are heard there", () => texts(far).length > 10);
    process.kill((await tier.nodePid())!, "SIGKILL");
    await until("cut", () => !far.socket.connected);
    await sending;
    const shown = texts(far);
    const back = await cluster.connect(1, far.identity, {
      cursors: { [roomId]: { epoch: room.epoch, seq: shown.length } },
    });
    const backfill = back.welcome.rooms[0]!.messages.map(({ text }) => text);
    expect([...shown, ...backfill]).toEqual(["to all nodes", ...sent.map((i) => `m${i}`)]);
    await members[0]!.say(roomId, "welcome back");
    expect((await back.next("message:sent")).message.text).toBe("welcome back");
    for (const member of members) {
      const all = member.all("message:sent").map(({ message }) => message.seq);
      expect(all).toEqual(all.toSorted((x, y) => x - y));
    }
    far.close();
  });
});

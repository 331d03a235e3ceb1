import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "../shared/protocol/ids.ts";
import { events, type RequestName, requests, type Room, type RouteAnswer } from "../shared/protocol/index.ts";
import { limits } from "../shared/protocol/limits.ts";
import { rooms as schemas } from "../shared/protocol/rooms.ts";
import { key } from "../shared/stores/keys.ts";
import { type Client, createClient, type Saved, type Storage } from "../shared/client/index.ts";
import { startTier } from "./faults/tier.ts";
import { dump, state } from "./support/dump.ts";
import { ageLog, apiOf, startGroup, strictly } from "./support/groups.ts";
import type { Api } from "./support/http.ts";
import { type Scene, strangers } from "./support/matrix.ts";
import { type Cluster, startCluster, Talker, until } from "./support/nodes.ts";

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

const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => "accepted",
    (error: Error) => error.message,
  );
const texts = (talker: Talker) => talker.all("message:sent").map(({ message }) => message.text);
const names = (room: Room) => room.members.map(({ username }) => username).toSorted();
const create = async (token: string, body: object) => {
  const answer = await api.ask("/api/rooms", { token, body });
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  return strictly(schemas.routes["POST /api/rooms"].answer, answer.text).room;
};
const listed = async (token: string, query = ""): Promise<RouteAnswer<"GET /api/rooms">> =>
  strictly(schemas.routes["GET /api/rooms"].answer, (await api.ask(`/api/rooms${query}`, { token })).text);

describe("coming and going", () => {
  test("[P1] a room is made, found in the list, looked at from outside, joined by its id, and left", async () => {
    const [ada, bob] = [await cluster.connect(0), await cluster.connect(1)];
    const [{ token }, other] = [ada.identity, bob.identity];
    const made = await create(token, { name: "  Tea & cake ", visibility: "public", capacity: 5 });
    expect(made).toMatchObject({ kind: "group", name: "Tea & cake", visibility: "public", capacity: 5, lastSeq: 0 });
    expect([made.memberCount, names(made)]).toEqual([1, [ada.user.username]]);
    const mine = await ada.next("room:joined"); // made by HTTP, told to the sockets
    expect(mine).toEqual({ roomId: made.id, user: ada.user, memberCount: 1 });

    const { rooms } = await listed(other.token);
    expect(rooms).toContainEqual({
      id: made.id,
      name: "Tea & cake",
      capacity: 5,
      memberCount: 1,
      createdAt: made.createdAt,
    });
    const look = async (who: string) =>
      strictly(
        schemas.routes["GET /api/rooms/:id"].answer,
        (await api.ask(`/api/rooms/${made.id}`, { token: who })).text,
      ).room;
    expect(await look(other.token)).toEqual({ ...made, members: [] }); // who is in is for those who are in

    await ada.say(made.id, "anybody here?");
    const joined = requests["room:join"].answer.parse(await bob.ask("room:join", { roomId: made.id }));
    expect(joined.room.members.map(({ status }) => status)).toEqual(["online", "online"]);
    expect(joined.messages.map(({ text }) => text)).toEqual(["anybody here?"]);
    expect(await ada.next("room:joined")).toEqual({ roomId: made.id, user: bob.user, memberCount: 2 });
    await bob.say(made.id, "yes");
    expect((await ada.next("message:sent")).message).toMatchObject({ seq: 2, text: "yes" });
    expect(names(await look(other.token))).toEqual([ada.user.username, bob.user.username].toSorted());

    await bob.ask("room:leave", { roomId: made.id });
    expect(await ada.next("room:left")).toEqual({ roomId: made.id, user: bob.user, memberCount: 1 });
    await ada.say(made.id, "gone already?");
    expect(await refusal(bob.say(made.id, "wait"))).toBe("forbidden");
    expect(await refusal(bob.ask("message:history", { roomId: made.id }))).toBe("forbidden");
    const { messages } = await bob.ask("room:join", { roomId: made.id });
    expect(messages.map(({ text }) => text)).toEqual(["anybody here?", "yes", "gone already?"]);
    expect(texts(bob)).toEqual([]); // while out, nothing was pushed
    const welcome = (await cluster.connect(0, bob.identity)).welcome;
    expect(welcome.rooms.map(({ room }) => room.id)).toEqual([made.id]);
    for (const { event, payload } of [...ada.heard, ...bob.heard]) events[event].parse(payload);
  });

  test("[P1] joining again changes nothing and is told to nobody; a room that is not, or is somebody's pair, refuses", async () => {
    const { roomId, members } = await startGroup(cluster, 2);
    const [ada, bob] = members as [Talker, Talker];
    const before = ada.all("room:joined").length;
    await Promise.all(range(5).map(() => bob.ask("room:join", { roomId })));
    await bob.say(roomId, "still two");
    await ada.next("message:sent");
    expect(ada.all("room:joined").length).toBe(before);
    expect((await cluster.stores.rooms.read(ada.user.id, roomId)).memberCount).toBe(2);
    const [, , pair] = await cluster.pair();
    expect(await refusal(ada.ask("room:join", { roomId: pair }))).toBe("forbidden");
    expect(await refusal(ada.ask("room:join", { roomId: newId("room") }))).toBe("not-found");
    expect((await api.ask(`/api/rooms/${pair}`, { token: ada.identity.token })).problem().code).toBe("forbidden");
  });

  test("[S3] a guest's connections come and go together, on every node", async () => {
    const { roomId, members } = await startGroup(cluster, 1);
    const bob = await cluster.connect(0);
    const tabs = [bob, await cluster.connect(0, bob.identity), await cluster.connect(1, bob.identity)];
    await bob.ask("room:join", { roomId });
    for (const tab of tabs.slice(1)) expect(await tab.next("room:joined")).toMatchObject({ roomId, user: bob.user });
    await members[0]!.say(roomId, "to all tabs");
    for (const tab of tabs) expect((await tab.next("message:sent")).message.text).toBe("to all tabs");
    await tabs[2]!.ask("room:leave", { roomId });
    for (const tab of tabs.slice(0, 2)) expect(await tab.next("room:left")).toMatchObject({ roomId, user: bob.user });
    await members[0]!.say(roomId, "to nobody");
    await Promise.all(tabs.map((tab) => tab.ask("stats:watch", { on: false })));
    expect(tabs.map(texts)).toEqual(tabs.map(() => ["to all tabs"]));
    expect(bob.all("room:joined")).toEqual([]); // who asked has the ack
  });

  test("[P3] however many join, leave and come back at once over two nodes, a room never holds more than its capacity", async () => {
    const { roomId, members } = await startGroup(cluster, 1, { capacity: 5 });
    const guests = await Promise.all(range(14).map((i) => cluster.connect(i % 2)));
    const answers = await Promise.all(guests.map((guest) => refusal(guest.ask("room:join", { roomId }))));
    expect(answers.filter((answer) => answer === "accepted")).toHaveLength(4);
    expect(new Set(answers)).toEqual(new Set(["accepted", "room-full"]));
    let seen = 0;
    const turns = guests.map(async (guest, i) => {
      for (let turn = 0; turn < 6; turn++) {
        await refusal(guest.ask((i + turn) % 2 ? "room:leave" : "room:join", { roomId }));
        seen = Math.max(seen, await cluster.redis.hlen(key("members", roomId)));
      }
    });
    await Promise.all(turns);
    expect(seen).toBe(5);
    // The three places where a membership stands say the same.
    const inside = Object.keys(await cluster.redis.hgetall(key("members", roomId)));
    const own = await Promise.all(guests.map(({ user }) => cluster.redis.sismember(key("rooms", user.id), roomId)));
    const claimed = guests.filter((_, i) => own[i] === 1).map(({ user }) => user.id);
    expect([members[0]!.user.id, ...claimed].toSorted()).toEqual(inside.toSorted());
    const room = await cluster.stores.rooms.read(members[0]!.user.id, roomId);
    await until("the last event has the right count", () =>
      members[0]!.heard.some(
        ({ event, payload }) =>
          (event === "room:left" || event === "room:joined") && payload.memberCount === room.memberCount,
      ),
    );
  });

  test("[A1] a guest is in 20 rooms at most and makes 10 an hour at most", async () => {
    const { token, user } = (await cluster.connect(0)).identity;
    for (const i of range(limits.roomsPerHour)) await create(token, { name: `no. ${i}`, visibility: "unlisted" });
    const more = { token, body: { name: "one more", visibility: "unlisted" } };
    const refused = (await api.ask("/api/rooms", more)).problem();
    expect([refused.code, refused.retryAfterMs! > 0]).toEqual(["rate-limited", true]);
    const left = limits.roomsPerGuest - limits.roomsPerHour;
    const others = await Promise.all(
      range(left + 1).map(async () => {
        const { user: owner } = await cluster.guest();
        return cluster.stores.rooms.create(owner.id, { name: "theirs", visibility: "unlisted" });
      }),
    );
    const joins = await Promise.all(
      others.map(({ id }) => refusal(cluster.stores.rooms.join(user.id, cluster.nodes[0]!.id, id))),
    );
    expect(joins.filter((answer) => answer !== "accepted")).toEqual([expect.stringContaining("leave one first")]);
  });

  test("[M1] a group beside a pair: neither ends the other, and a block leaves both in the group", async () => {
    const [a, b, pair] = await cluster.pair();
    const { id: roomId } = await cluster.stores.rooms.create(a.user.id, { name: "Tea", visibility: "unlisted" });
    await b.ask("room:join", { roomId });
    await a.ask("user:block", { userId: b.user.id });
    expect(await b.next("match:ended")).toEqual({ roomId: pair, reason: "blocked" });
    await b.say(roomId, "still here");
    expect((await a.next("message:sent")).message.text).toBe("still here");
    await a.ask("match:join", {});
    await a.ask("match:leave", {});
    await a.say(roomId, "both");
    expect((await b.next("message:sent")).message.text).toBe("both");
  });
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

describe("the list", () => {
  test("[P1] pages hold each public room once, the fullest first; what is unlisted or empty is not in it", async () => {
    await using own = await startCluster(1);
    const { token } = await own.guest();
    await using functions = await apiOf(own);
    const page = async (query: string) =>
      strictly(schemas.routes["GET /api/rooms"].answer, (await functions.ask(`/api/rooms?${query}`, { token })).text);
    const expected: { id: string; count: number }[] = [];
    for (const i of range(25)) {
      const guests = await Promise.all(range(1 + (i % 3)).map(() => own.guest()));
      const [creator, ...others] = guests as [(typeof guests)[0], ...typeof guests];
      const visibility = i % 5 === 4 ? ("unlisted" as const) : ("public" as const);
      const { id } = await own.stores.rooms.create(creator.user.id, { name: `room ${i}`, visibility });
      for (const { user } of others) await own.stores.rooms.join(user.id, "", id);
      if (visibility === "public") expected.unshift({ id, count: guests.length });
      const { id: left } = await own.stores.rooms.create(creator.user.id, { name: "left", visibility: "public" });
      await own.stores.rooms.leave(creator.user.id, "", left);
    }
    // Made in the same millisecond and as full: still each once.
    const twins = expected.filter(({ count }) => count === 2);
    const score = await own.redis.zscore(key("publicRooms"), twins[0]!.id);
    for (const { id } of twins) await own.redis.zadd(key("publicRooms"), score!, id);
    for (const limit of [1, 3, 7, 50]) {
      const found: { id: string; memberCount: number }[] = [];
      for (let cursor: string | undefined = ""; cursor !== undefined;) {
        const answer: RouteAnswer<"GET /api/rooms"> = await page(`limit=${limit}${cursor && `&cursor=${cursor}`}`);
        expect(answer.rooms.length).toBeGreaterThan(0);
        found.push(...answer.rooms);
        cursor = answer.cursor;
      }
      expect(found.map(({ memberCount }) => memberCount)).toEqual(
        expected.map(({ count }) => count).toSorted((x, y) => y - x),
      );
      expect(new Set(found.map(({ id }) => id))).toEqual(new Set(expected.map(({ id }) => id)));
      const alone = found.filter(({ memberCount }) => memberCount === 1).map(({ id }) => id);
      expect(alone).toEqual(expected.filter(({ count }) => count === 1).map(({ id }) => id)); // the newest first
    }
    for (const cursor of ["x", "1.room_short", "-1", "1e9.room_aaaaaaaaaaaaaaaaaaaaaa"]) {
      const wrong = (await functions.ask(`/api/rooms?cursor=${cursor}`, { token })).problem();
      expect([cursor, wrong.code, wrong.fields]).toEqual([cursor, "invalid", { cursor: "is not one of ours" }]);
    }
  });

  test.each([
    ["no name", { visibility: "public" }, "name"],
    ["a blank name", { name: " \n ", visibility: "public" }, "name"],
    ["a long name", { name: "x".repeat(51), visibility: "public" }, "name"],
    ["two lines", { name: "a\nb", visibility: "public" }, "name"],
    ["a name that turns the text around", { name: "a\u202eb", visibility: "public" }, "name"],
    ["another visibility", { name: "Tea", visibility: "secret" }, "visibility"],
    ["a room for one", { name: "Tea", visibility: "public", capacity: 1 }, "capacity"],
    ["a room for a town", { name: "Tea", visibility: "public", capacity: 1001 }, "capacity"],
    ["half a place", { name: "Tea", visibility: "public", capacity: 2.5 }, "capacity"],
    ["an owner", { name: "Tea", visibility: "public", owner: "me" }, "owner"],
  ])("[P2] %s is invalid and makes no room", async (_, body, field) => {
    const { token } = await cluster.guest();
    const before = await cluster.redis.zcard(key("groupRooms"));
    const answer = (await api.ask("/api/rooms", { token, body })).problem();
    expect([answer.code, Object.keys(answer.fields!)]).toEqual(["invalid", [field]]);
    expect(await cluster.redis.zcard(key("groupRooms"))).toBe(before);
  });
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
    expect(JSON.stringify(await dump(cluster.redis))).not.toContain(roomId);
    expect(await cluster.stores.rooms.close(roomId, "again")).toBe(false);
  });

  test("[D3] a room that Redis has lost says so within two beats, and goes on telling nothing", async () => {
    const { roomId, members } = await startGroup(cluster, 2);
    await cluster.redis.del(key("room", roomId));
    for (const member of members) expect(await member.next("room:closed", 20_000)).toEqual({ roomId, reason: "gone" });
  });
});

describe("presence", () => {
  test("[M6] a member who drops out is away, after the grace offline, and online again; the members stay", async () => {
    await using own = await startCluster(2, { PAIR_GRACE_MS: "1500" });
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
    await tier.ready();
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

test("[P3] whoever is not in a group reaches nothing of it, by any request", async () => {
  const scene = async (): Promise<[Talker[], Scene]> => {
    const { roomId, members } = await startGroup(cluster, 2);
    const { message } = await members[0]!.say(roomId, "mine");
    await members[1]!.next("message:sent");
    const [userId, partnerId] = members.map(({ user }) => user.id) as [string, string];
    return [members, { roomId, messageId: message.id, userId, partnerId, callId: newId("call") }];
  };
  const [[[a, b], theirs], [[mallory], mine]] = await Promise.all([scene(), scene()]);
  const heard = () => [a!.heard.length, b!.heard.length];
  const before = heard();
  const room = async () => (await state(cluster.redis))[key("room", theirs.roomId)];
  const was = await room();
  // Joining is for everybody, and about oneself.
  const roomRequests = (Object.keys(requests) as RequestName[]).filter((name) =>
    /^(room:leave|message|typing)/.test(name),
  );
  expect(roomRequests.length).toBe(7);
  for (const event of roomRequests) {
    for (const { payload, answer } of strangers[event](theirs, mine)) {
      const ack = await mallory!.raw(event, payload);
      expect([event, ack.ok || ack.error.code]).toEqual([event, answer]);
    }
  }
  const { token } = mallory!.identity;
  const history = await api.ask(`/api/rooms/${theirs.roomId}/messages`, { token });
  expect(history.problem().code).toBe("forbidden");
  const slot = { roomId: theirs.roomId, kind: "file", filename: "a.txt", contentType: "text/plain", sizeBytes: 3 };
  expect((await api.ask("/api/uploads", { token, body: slot })).problem().code).toBe("forbidden");
  expect(await room()).toEqual(was);
  await a!.ask("message:history", { roomId: theirs.roomId });
  expect(heard()).toEqual(before);
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

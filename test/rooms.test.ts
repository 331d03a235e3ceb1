/** Groups: made, found, joined, left; who may what. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "../shared/protocol/ids.ts";
import { events, type RequestName, requests, type RouteAnswer } from "../shared/protocol/index.ts";
import { limits } from "../shared/protocol/limits.ts";
import { rooms as schemas } from "../shared/protocol/rooms.ts";
import { key } from "../shared/stores/keys.ts";
import { state } from "./support/dump.ts";
import { apiOf, names, range, roomsOf, startGroup, strictly } from "./support/groups.ts";
import type { Api } from "./support/http.ts";
import { type Scene, strangers } from "./support/matrix.ts";
import { type Cluster, refusal, startCluster, type Talker, texts, until } from "./support/nodes.ts";

let cluster: Cluster;
let api: Api;
let create: ReturnType<typeof roomsOf>["create"];
let listed: ReturnType<typeof roomsOf>["listed"];
beforeAll(async () => {
  cluster = await startCluster(2);
  api = await apiOf(cluster);
  ({ create, listed } = roomsOf(api));
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await cluster?.[Symbol.asyncDispose]();
});

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
    expect((await a.next("message:sent")).message).toMatchObject({ seq: 1, deleted: true });
    await a.ask("match:join", {});
    await a.ask("match:leave", {});
    await a.say(roomId, "both");
    expect((await b.next("message:sent")).message).toMatchObject({ seq: 2, deleted: true });
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

/** Bans: who is kept out, from where, for how long; and that no address stands anywhere. */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createClient } from "../shared/client/index.ts";
import type { Ban } from "../shared/protocol/bans.ts";
import { key } from "../shared/stores/keys.ts";
import type { GuestSocket } from "../socket-tier/context.ts";
import { dump } from "./support/dump.ts";
import { startApi, type Api, type Asked } from "./support/http.ts";
import { ADMIN_TOKEN, from, guestFrom, HOUR_MS, operator } from "./support/operator.ts";
import { listenToLog } from "./support/log.ts";
import { type Cluster, type GuestIdentity, startCluster, Talker, until } from "./support/nodes.ts";

let cluster: Cluster;
let api: Api;
let log: ReturnType<typeof listenToLog>;
beforeAll(async () => {
  log = listenToLog();
  const settings = { TRUSTED_PROXIES: "1", GUESTS_PER_15_MIN: "5000", API_PER_15_MIN: "5000", LOG_LEVEL: "debug" };
  cluster = await startCluster(2, { ...settings, ADMIN_TOKEN });
  api = await startApi({ ...cluster.env, SOCKET_URL: `http://127.0.0.1:${cluster.nodes[0]!.port}` });
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await cluster?.[Symbol.asyncDispose]();
  log[Symbol.dispose]();
});
beforeEach(async () => void (await cluster.redis.del(key("bans"), key("banNotes"))));

const admin = (path: string, asked?: Asked) => operator(api).admin(path, asked);
const ban = (body: object) => operator(api).ban(body);
const guest = (address: string, headers?: Record<string, string>) => guestFrom(api, address, headers);
async function connect(node: number, address: string, identity?: GuestIdentity): Promise<Talker> {
  const url = `http://127.0.0.1:${cluster.nodes[node]!.port}`;
  return new Talker(url, identity ?? (await guest(address)), {}, ["websocket"], from(address));
}
/** "welcome", or the refused handshake's error. */
async function knock(address: string, identity: GuestIdentity, node = 0) {
  const talker = await connect(node, address, identity);
  try {
    return await talker.welcomed().then(
      () => "welcome",
      (error: { data?: { code: string; retryAfterMs?: number } }) => error.data ?? "closed",
    );
  } finally {
    talker.close();
  }
}
const refused = {
  code: "banned",
  message: expect.stringMatching(/^Banned until 20/),
  retryAfterMs: expect.any(Number),
};

describe("[A4] a banned guest", () => {
  test("is out on every node at once, and out of the pair; their other half and a bystander are not", async () => {
    const a = await connect(0, "198.51.100.1");
    const tab = await connect(1, "198.51.100.1", a.identity);
    const [b, bystander] = [await connect(1, "198.51.100.2"), await connect(0, "198.51.100.1")];
    await Promise.all([a, tab, b, bystander].map((one) => one.welcomed()));
    await a.ask("match:join", {});
    await b.ask("match:join", {});
    const { room } = await a.next("match:found");

    const bannedAt = Date.now();
    const [entry] = await ban({ userId: a.user.id, reason: "spam" });
    expect(entry).toMatchObject({ id: a.user.id, kind: "guest", reason: "spam" });
    for (const one of [a, tab]) {
      const { reason, retryAfterMs } = await one.next("session:ended");
      expect(reason).toBe("banned");
      expect(retryAfterMs).toBeGreaterThan(HOUR_MS - 60_000);
      expect(retryAfterMs).toBeLessThanOrEqual(HOUR_MS);
    }
    await until("closed", () => !a.socket.connected && !tab.socket.connected);
    console.info(`both sockets closed ${Date.now() - bannedAt} ms after the ban was asked for`);
    expect(await b.next("match:ended")).toEqual({ roomId: room.id, reason: "session-ended" });

    for (const node of [0, 1]) expect(await knock("198.51.100.9", a.identity, node)).toEqual(refused);
    const { token } = a.identity;
    const routes: [string, Asked][] = [
      ["/api/guest/me", {}],
      ["/api/guest/me", { method: "PATCH", body: { interests: ["tea"] } }],
      ["/api/guest/refresh", { method: "POST" }],
      ["/api/rooms", {}],
      [`/api/rooms/${room.id}/messages`, {}],
      ["/api/uploads", { body: {} }],
      ["/api/reports", { body: {} }],
    ];
    for (const [path, asked] of routes) {
      const problem = (await api.ask(path, { ...asked, token })).problem();
      expect([path, problem.code, (problem.retryAfterMs ?? 0) > 0]).toEqual([path, "banned", true]);
    }
    // Nothing of it is about anybody else.
    expect(bystander.socket.connected && b.socket.connected).toBe(true);
    expect(await b.ask("match:join", {})).toMatchObject({ state: "queued" });
    expect(await bystander.ask("match:join", {})).toMatchObject({ state: "matched" });
  });

  test("makes no room by a request that was let in just before", async () => {
    const { user } = await guest("198.51.100.9");
    await ban({ userId: user.id });
    const about = { name: "Tea", visibility: "public" } as const;
    await expect(cluster.stores.rooms.create(user.id, about)).rejects.toThrow(/session/i);
    expect(await cluster.redis.exists(key("rooms", user.id), key("publicRooms"), key("groupRooms"))).toBe(0);
  });

  test("is kept out for as long as was said, by Redis' clock: that of whoever bans them does not count", async () => {
    const a = await connect(0, "198.51.100.10");
    await a.welcomed();
    const now = vi.spyOn(Date, "now").mockReturnValue(Date.now() - 10 * 60_000);
    const bans = cluster.stores.bans.ban({ userId: a.user.id, guest: true, address: false, durationMs: 60_000 });
    now.mockRestore();
    const leftMs = Date.parse((await bans)[0]!.expiresAt) - Date.now();
    expect(leftMs).toBeGreaterThan(0);
    expect(leftMs).toBeLessThanOrEqual(60_000);
    expect(await knock("198.51.100.10", a.identity)).toEqual(refused);
  });

  test("leaves the queue: nobody is matched with them", async () => {
    const [a, b] = [await connect(0, "198.51.100.3"), await connect(1, "198.51.100.4")];
    await Promise.all([a.welcomed(), b.welcomed()]);
    await a.ask("match:join", {});
    await ban({ userId: a.user.id });
    expect(await b.ask("match:join", {})).toMatchObject({ state: "queued" });
    expect(await cluster.redis.zrange(key("queue"), "0", "-1")).toEqual([b.user.id]);
    await b.ask("match:leave", {});
  });

  test("comes back when it is lifted, or when it has run its time, as the guest they were", async () => {
    const a = await connect(0, "198.51.100.5");
    await a.welcomed();
    const [entry] = await ban({ userId: a.user.id });
    expect(await knock("198.51.100.5", a.identity)).toEqual(refused);
    expect((await admin(`/api/bans/${entry!.id}`, { method: "DELETE" })).status).toBe(204);
    expect(await knock("198.51.100.5", a.identity)).toBe("welcome");
    expect((await admin(`/api/bans/${entry!.id}`, { method: "DELETE" })).problem().code).toBe("not-found");

    await ban({ userId: a.user.id });
    expect(await knock("198.51.100.5", a.identity)).toEqual(refused);
    await cluster.redis.zadd(key("bans"), Date.now() - 1, a.user.id);
    expect(await knock("198.51.100.5", a.identity)).toBe("welcome");
    await until("the reaper tidies up", async () => (await cluster.redis.exists(key("bans"), key("banNotes"))) === 0);
  });

  test("is found out by the next beat though the word was lost", async () => {
    const a = await connect(0, "198.51.100.6");
    await a.welcomed();
    await cluster.redis.zadd(key("bans"), Date.now() + HOUR_MS, a.user.id);
    expect(await a.next("session:ended")).toMatchObject({ reason: "banned" });
    await until("closed", () => !a.socket.connected);
  });

  test("[S4] may still have everything of theirs forgotten; the ban of their address stays", async () => {
    const one = await guest("198.51.100.7");
    const bans = await ban({ userId: one.user.id, address: true });
    expect(bans.map(({ kind }) => kind)).toEqual(["guest", "address"]);
    const answer = await api.ask("/api/guest/me", {
      method: "DELETE",
      token: one.token,
      headers: from("198.51.100.8"),
    });
    expect(answer.status).toBe(204);
    expect(JSON.stringify(await dump(cluster.redis))).not.toContain(one.user.id);
    await expect(guest("198.51.100.7")).rejects.toThrow("banned");
  });

  test("the shared client stops and knows until when", async () => {
    const client = createClient({ httpUrl: api.url });
    try {
      const user = await client.start({});
      await ban({ userId: user.id });
      const { connection } = await client.when((now) => now.connection.state === "ended", 20_000);
      const error = { code: "banned", message: "banned", retryAfterMs: expect.any(Number) };
      expect(connection).toEqual({ state: "ended", error });
    } finally {
      client.destroy();
    }
  });
});

describe("[A4] a banned address", () => {
  test("keeps out new guests, and those who are there, on all nodes; of IPv6 the whole /64, and nobody beyond", async () => {
    const home = (host: string) => `2001:db8:77:5::${host}`;
    const a = await guest(home("1"));
    const [tab, neighbour] = [await connect(0, home("1"), a), await connect(1, home("beef"))];
    const [outside, friend] = [await connect(1, "2001:db8:77:6::1"), await connect(0, "203.0.113.5")];
    await Promise.all([tab, neighbour, outside, friend].map((one) => one.welcomed()));
    await neighbour.ask("match:join", {});
    await friend.ask("match:join", {});
    const { room } = await friend.next("match:found");

    const [entry, ...more] = await ban({ userId: a.user.id, guest: false, address: true });
    expect([entry!.kind, more]).toEqual(["address", []]);
    for (const one of [tab, neighbour]) expect(await one.next("session:ended")).toMatchObject({ reason: "banned" });
    expect(await friend.next("match:ended")).toEqual({ roomId: room.id, reason: "session-ended" });

    await expect(guest(home("2"))).rejects.toThrow("banned");
    await expect(guest("203.0.113.9", from(home("3")))).rejects.toThrow("banned");
    expect(await knock(home("1"), neighbour.identity)).toEqual(refused);
    const me = (headers: Record<string, string>) => api.ask("/api/guest/me", { token: a.token, headers });
    expect((await me(from(home("1")))).problem().code).toBe("banned");
    // The guest themselves is not banned: from elsewhere they are who they were.
    expect((await me(from("203.0.113.7"))).status).toBe(200);
    expect(await knock("203.0.113.7", a)).toBe("welcome");
    expect(outside.socket.connected && friend.socket.connected).toBe(true);
    await guest("2001:db8:77:6::2");

    await admin(`/api/bans/${entry!.id}`, { method: "DELETE" });
    await guest(home("2"));
  });

  test("is felt by all who are there, though Redis failed in the middle of it", async () => {
    const a = await guest("203.0.113.40");
    const here = [
      await connect(0, "203.0.113.40", a),
      await connect(0, "203.0.113.40"),
      await connect(1, "203.0.113.40"),
    ];
    await Promise.all(here.map((one) => one.welcomed()));
    // For now nothing can be said to this one.
    const [where, kept] = [key("where", here[0]!.user.id), "kept for later"];
    await cluster.redis.multi().rename(where, kept).set(where, "broken").exec();
    const from = log.text().length;
    await ban({ userId: a.user.id, guest: false, address: true });
    await until("it has failed", () => log.text().slice(from).includes("ban half done"));
    await cluster.redis.rename(kept, where);
    for (const one of here) expect(await one.next("session:ended")).toMatchObject({ reason: "banned" });
    await until("closed", () => here.every(({ socket }) => !socket.connected));
  });

  test("is looked for among thousands without holding up the node", async () => {
    const { guests } = cluster.nodes[0]!.context;
    let turns = 0;
    let turning = true;
    const turn = () => turning && setImmediate(() => ((turns += 1), turn()));
    const seenAt: number[] = [];
    const here = Array.from({ length: 2_000 }, (_, i) => {
      const data = { userId: `usr_${String(i).padStart(22, "0")}` };
      Object.defineProperty(data, "address", { get: () => (seenAt.push(turns), `10.0.${i >> 8}.${i & 255}`) });
      return { data, emit() {}, disconnect() {} } as unknown as GuestSocket;
    });
    const a = await guest("203.0.113.50");
    for (const socket of here) guests.add(socket);
    turn();
    await ban({ userId: a.user.id, guest: false, address: true });
    await until("all were looked at", () => seenAt.length >= here.length);
    turning = false;
    for (const socket of here) guests.remove(socket);
    // From the second on: for the first the day's keys may be asked for.
    expect(seenAt.at(-1)! - seenAt[1]!).toBeGreaterThanOrEqual(8);
  });

  test("both addresses of a guest count: where they were made and where their socket came from", async () => {
    const a = await guest("203.0.113.20");
    expect(await knock("2001:db8:99::1", a)).toBe("welcome");
    expect(await ban({ userId: a.user.id, guest: false, address: true })).toHaveLength(2);
    await expect(guest("203.0.113.20")).rejects.toThrow("banned");
    await expect(guest("2001:db8:99::2")).rejects.toThrow("banned");
  });

  test("stays banned over midnight, and its pseudonym cannot be made again once the day's key is destroyed", async () => {
    const a = await guest("203.0.113.30");
    const [{ id }] = (await ban({ userId: a.user.id, guest: false, address: true })) as [Ban];
    const today = Math.floor(Date.now() / (24 * HOUR_MS));
    const mine = key("addressKey", String(today));
    expect(await cluster.redis.pexpiretime(mine)).toBe((today + 4) * 24 * HOUR_MS);
    // Three days on, today's key is that of three days ago.
    const secret = (await cluster.redis.get(mine))!;
    await cluster.redis.rename(mine, key("addressKey", String(today - 3)));
    await using later = await startApi(cluster.env);
    const code = async (instance: Api) =>
      (await instance.ask("/api/guest", { body: {}, headers: from("203.0.113.30") })).status;
    expect(await code(later)).toBe(403);
    expect(await cluster.redis.get(mine)).not.toBe(secret);
    // A fourth day: the key is gone, and with it what led from the address to the ban.
    await cluster.redis.del(key("addressKey", String(today - 3)));
    await using muchLater = await startApi(cluster.env);
    expect(await code(muchLater)).toBe(201);
    expect(await cluster.redis.zscore(key("bans"), id)).not.toBeNull();
    await cluster.redis.set(mine, secret);
  });
});

test("[S4] of all these addresses none stands in a key, a value or a log line", async () => {
  await ban({ userId: (await guest("203.0.113.60")).user.id, address: true });
  const places = { Redis: JSON.stringify(await dump(cluster.redis)), log: log.text() };
  expect(places.log.length).toBeGreaterThan(1_000); // there is a log to look at
  expect(places.Redis).toContain("adr_");
  for (const trace of ["198.51.100", "203.0.113", "2001:db8", "2001:0db8", "db8:77:5", "2001:db8:77:5"])
    for (const [place, text] of Object.entries(places))
      expect([place, trace, text.includes(trace)]).toEqual([place, trace, false]);
});

import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import { loadConfig } from "../shared/config.ts";
import { newId } from "../shared/protocol/ids.ts";
import { routes, type Credentials, type RouteName } from "../shared/protocol/index.ts";
import { createStores, type Stores } from "../shared/stores/index.ts";
import { freshRedisUrl } from "./support/redis.ts";
import { startApi, type Api, type Asked } from "./support/http.ts";

let api: Api;
let redis: Redis;
let stores: Stores;
let roomId: string;
let ada: Credentials;
let bob: Credentials;

const node = {
  id: "node_test",
  pid: 1,
  sockets: 2,
  rooms: 1,
  eventLoopLagMs: 0.5,
  rssBytes: 1,
  state: "ready" as const,
  startedAt: new Date().toISOString(),
  limited: 0,
};

beforeAll(async () => {
  const url = await freshRedisUrl();
  api = await startApi({ REDIS_URL: url, GUESTS_PER_15_MIN: "5000", API_PER_15_MIN: "5000", ADMIN_TOKEN: "operator" });
  redis = new Redis(url);
  stores = createStores({ redis, config: loadConfig({ REDIS_URL: url, NODE_ENV: "test" }) });
  [ada, bob] = [await api.guest({ username: "ada", interests: ["Go", "go "] }), await api.guest({ username: "bob" })];

  // A pair, as the socket tier would make it.
  await stores.nodes.beat(node);
  for (const { user } of [ada, bob]) await stores.presence.open(user.id, node.id);
  for (const { user } of [ada, bob]) await stores.matching.join(user.id, node.id, { interests: [] });
  const state = await stores.matching.state(ada.user.id);
  if (state.state !== "matched") throw new Error(`ada and bob did not meet: ${JSON.stringify(state)}`);
  roomId = state.roomId;
  for (const { user } of [ada, bob]) await stores.matching.confirm(user.id, roomId);
  for (let n = 1; n <= 3; n++) {
    await stores.messages.append(ada.user, node.id, {
      roomId,
      clientMessageId: `m${n}`,
      kind: "text",
      text: `no. ${n}`,
    });
  }
});

afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  redis?.disconnect();
});

/** Asks a route by its key in the contract; a good answer has to fit the contract's schema, strictly. */
async function good<R extends RouteName>(name: R, asked: Asked & { path?: string } = {}) {
  const [method, path] = name.split(" ") as [string, string];
  const answer = await api.ask(asked.path ?? path, { ...asked, method });
  const spec: { status: number; answer?: z.ZodType } = routes[name];
  expect([name, answer.status]).toEqual([name, spec.status]);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  const data = spec.answer ? spec.answer.parse(answer.json()) : answer.text || undefined;
  return data as (typeof routes)[R] extends {
    answer: infer A extends z.ZodType;
  }
    ? z.output<A>
    : undefined;
}

describe("answers fit the contract", () => {
  test("health says how it is, and ready says what it checked", async () => {
    const health = await good("GET /health");
    expect(Math.abs(Date.parse(health.timestamp) - Date.now())).toBeLessThan(5_000);
    expect(await good("GET /health/ready")).toEqual({ status: "ready", checks: { redis: true, storage: true } });
  });

  test("stats count guests, sessions and pairs", async () => {
    const stats = await good("GET /api/stats");
    expect(stats.guests).toEqual({ online: 2, searching: 0, connected: 2 });
    expect(stats.rooms).toEqual({ pair: 1, group: 0 });
    expect(stats.sessions.total).toBeGreaterThanOrEqual(2);
  });

  test("socket stats list the nodes", async () => {
    const stats = await good("GET /api/socket/stats");
    expect(stats).toMatchObject({ connectedSockets: 2, nodes: [{ id: "node_test", state: "ready" }] });
  });

  test("[S1] a guest gets a name, a token and the socket URL, and the token alone says who asks", async () => {
    const made = await good("POST /api/guest", { body: { interests: ["Chess", "chess"], language: "en-GB" } });
    expect(made.socketUrl).toBe("http://localhost:3001");
    const me = await good("GET /api/guest/me", { token: made.token });
    expect(me.user).toEqual({ ...made.user, interests: ["chess"], language: "en" });
    const byId = await api.ask("/api/guest/me", { token: made.user.id });
    expect(byId.problem().code).toBe("unauthenticated");
  });

  test("a suggested name is free, a taken one is a conflict in whatever case", async () => {
    const { username } = await good("GET /api/guest/username");
    expect((await good("POST /api/guest", { body: { username } })).user.username).toBe(username);
    const again = (await api.ask("/api/guest", { body: { username: username.toUpperCase() } })).problem();
    expect([again.code, Object.keys(again.fields ?? {})]).toEqual(["conflict", ["username"]]);
  });

  test("a form is read like JSON", async () => {
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const made = await good("POST /api/guest", { body: "language=fr&interests[]=vin", headers: form });
    const me = await good("GET /api/guest/me", { token: made.token });
    expect(me.user).toMatchObject({ language: "fr", interests: ["vin"] });
  });

  test("[S2] a guest may change name and wishes, and refresh keeps who they are", async () => {
    const made = await api.guest({ interests: ["a"] });
    const patched = await good("PATCH /api/guest/me", {
      path: "/api/guest/me",
      token: made.token,
      body: { username: "Renamed_1" },
    });
    expect(patched.user).toMatchObject({ id: made.user.id, username: "Renamed_1", interests: ["a"] });
    const fresh = await good("POST /api/guest/refresh", { token: made.token });
    expect(fresh.user).toEqual({ id: made.user.id, username: "Renamed_1" });
    expect((await good("GET /api/guest/me", { token: fresh.token })).user.id).toBe(made.user.id);
  });

  test("[S4] after DELETE no key holds the guest, and the token has ended everywhere", async () => {
    const made = await api.guest({ username: "Forgetful_1" });
    expect(await good("DELETE /api/guest/me", { token: made.token })).toBeUndefined();
    for (const path of ["/api/guest/me", "/api/rooms", `/api/rooms/${roomId}`, "/api/calls/ice-servers"]) {
      expect((await api.ask(path, { token: made.token })).problem().code).toBe("session-ended");
    }
    const refresh = await api.ask("/api/guest/refresh", { method: "POST", token: made.token });
    expect(refresh.problem().code).toBe("session-ended");
    const dump = await everything();
    expect(dump).toContain(ada.user.id);
    expect(dump).not.toContain(made.user.id);
    expect(dump.toLowerCase()).not.toContain("forgetful_1");
  });

  test("[U3] a member reads the room and its log by pages, a stranger does not", async () => {
    const { room } = await good("GET /api/rooms/:id", { path: `/api/rooms/${roomId}`, token: ada.token });
    expect(room).toMatchObject({ id: roomId, kind: "pair", lastSeq: 3 });
    const path = `/api/rooms/${roomId}/messages`;
    const page = await good("GET /api/rooms/:id/messages", { path: `${path}?after=1&limit=1`, token: bob.token });
    expect([page.epoch, page.more, page.gap]).toEqual([room.epoch, true, false]);
    expect(page.messages.map(({ seq, text }) => [seq, text])).toEqual([[2, "no. 2"]]);
    const stranger = await api.guest();
    for (const at of [path, `/api/rooms/${roomId}`]) {
      expect((await api.ask(at, { token: stranger.token })).problem().code).toBe("forbidden");
    }
    expect((await api.ask(`/api/rooms/${newId("room")}`, { token: ada.token })).problem().code).toBe("not-found");
  });
});

/** Every key with its value, as text. */
async function everything(): Promise<string> {
  const lines: string[] = [];
  for (const key of await redis.keys("*")) lines.push(key, (await redis.dumpBuffer(key)).toString("latin1"));
  return lines.join("\n");
}

test("every route of the contract is mounted behind the table, and lets nobody in without leave", async () => {
  for (const name of Object.keys(routes) as RouteName[]) {
    const [method, pattern] = name.split(" ") as [string, string];
    const path = pattern.replace(":id", newId(pattern.includes("upload") ? "upl" : "room"));
    const nobody = await api.ask(path, { method });
    expect(nobody.headers.get("x-request-id")).toMatch(/^[\w-]{8,64}$/);
    const open = routes[name].auth === "none";
    expect([name, open ? nobody.status : nobody.problem().code]).toEqual([
      name,
      open ? routes[name].status : "unauthenticated",
    ]);
  }
});

describe("[P2] what is wrong is invalid, names its field and changes nothing", () => {
  const huge = "x".repeat(200_000);
  const bodies: [string, unknown, string][] = [
    ["unknown field", { admin: true }, "admin"],
    ["wrong type", { username: 7 }, "username"],
    ["null", { language: null }, "language"],
    ["too short", { username: "ab" }, "username"],
    ["wrong letters", { username: "a b<script>" }, "username"],
    ["huge string", { username: huge }, "username"],
    ["huge key", { [huge]: 1 }, "x".repeat(200)],
    ["too many", { interests: Array<string>(11).fill("a") }, "interests"],
    ["one too long", { interests: ["ok", "y".repeat(31)] }, "interests.1"],
    ["not a list", { interests: { 0: "a" } }, "interests"],
    ["an operator", { username: { $ne: "" } }, "username.$ne"],
    ["a dotted key", { "user.name": "x" }, "user.name"],
    ["a prototype", '{"__proto__":{"admin":true}}', "__proto__"],
    ["a deep prototype", '{"interests":[{"constructor":{"prototype":1}}]}', "interests.0.constructor"],
    ["a NUL in a value", { language: "e\0n" }, "language"],
    ["a NUL in a key", { "a\0b": 1 }, "a\\0b"],
    ["deeper than the stack", `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`, `a${".0".repeat(16)}`],
    ["a list for an object", "[]", "body"],
    ["a text", '"hello"', "body"],
    ["no JSON", "{", "body"],
    ["NaN", '{"username":NaN}', "body"],
  ];

  test.each(bodies)("POST and PATCH of a guest: %s", async (_, body, field) => {
    const before = [await redis.get("sessions:total"), await redis.hgetall(`session:${bob.user.id}`)];
    for (const asked of [
      { method: "POST", path: "/api/guest" },
      { method: "PATCH", path: "/api/guest/me", token: bob.token },
    ]) {
      const problem = (await api.ask(asked.path, { ...asked, body })).problem();
      expect([asked.method, problem.code]).toEqual([asked.method, "invalid"]);
      expect(Object.keys(problem.fields ?? {})).toContain(field);
    }
    expect([await redis.get("sessions:total"), await redis.hgetall(`session:${bob.user.id}`)]).toEqual(before);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  const id = () => roomId;
  const paths: [string, () => string, string][] = [
    ["a wrong id", () => "/api/rooms/nonsense", "id"],
    ["an id with a NUL", () => "/api/rooms/room_%00aaaaaaaaaaaaaaaaaaaa", "id"],
    ["an id of another kind", () => `/api/rooms/${newId("usr")}/messages`, "id"],
    ["a path that cannot be decoded", () => "/api/rooms/%E0%A4%A", "path"],
    ["an unknown query field", () => `/api/rooms/${id()}/messages?since=1`, "since"],
    ["a query field on a route without", () => "/api/guest/me?x=1", "x"],
    ["both ends", () => `/api/rooms/${id()}/messages?after=1&before=3`, "before"],
    ["too large a page", () => `/api/rooms/${id()}/messages?limit=201`, "limit"],
    ["a negative cursor", () => `/api/rooms/${id()}/messages?after=-1`, "after"],
    ["a cursor of words", () => `/api/rooms/${id()}/messages?after=x`, "after"],
    ["a repeated cursor", () => `/api/rooms/${id()}/messages?after=1&after=2`, "after"],
    ["an operator in the query", () => `/api/rooms/${id()}/messages?after[$gt]=`, "after[$gt]"],
    ["a prototype in the query", () => `/api/rooms/${id()}/messages?__proto__=1`, "__proto__"],
  ];

  test.each(paths)("path and query: %s", async (_, path, field) => {
    const problem = (await api.ask(path(), { token: ada.token })).problem();
    expect([problem.code, Object.keys(problem.fields ?? {})]).toEqual(["invalid", [field]]);
  });

  test("a body on a route without one is refused, an empty one is not", async () => {
    const asked = { method: "POST", token: ada.token };
    expect((await api.ask("/api/guest/refresh", { ...asked, body: { userId: bob.user.id } })).problem().fields).toEqual(
      {
        userId: "is not known",
      },
    );
    expect((await api.ask("/api/guest/refresh", { ...asked, body: {} })).status).toBe(200);
  });

  test("another type is 415, another method or path 404, all of them problems", async () => {
    const xml = await api.ask("/api/guest", { body: "<a/>", headers: { "content-type": "application/xml" } });
    expect(xml.problem().code).toBe("unsupported-type");
    const latin = { "content-type": "application/json; charset=x-unknown" };
    expect((await api.ask("/api/guest", { body: "{}", headers: latin })).problem().code).toBe("unsupported-type");
    for (const [method, path] of [
      ["DELETE", "/health"],
      ["PUT", "/api/guest"],
      ["GET", "/api/guest"],
      ["GET", "/api/nothing/here"],
      ["POST", "/api/stats"],
    ] as const) {
      expect([method, path, (await api.ask(path, { method })).problem().code]).toEqual([method, path, "not-found"]);
    }
  });
});

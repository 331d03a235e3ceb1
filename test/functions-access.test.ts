/** Who gets in: tokens and origins; and what the log says of it. */
import { createHmac } from "node:crypto";
import { request } from "node:http";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTokens } from "../shared/tokens.ts";
import { secret, startApi, type Api } from "./support/http.ts";
import { listenToLog } from "./support/log.ts";
import { freshRedisUrl } from "./support/redis.ts";

const generous = { GUESTS_PER_15_MIN: "5000", API_PER_15_MIN: "5000" };
let redisUrl: string;
let api: Api;

beforeAll(async () => {
  redisUrl = await freshRedisUrl();
  api = await startApi({ REDIS_URL: redisUrl, ...generous });
});
afterAll(() => api?.[Symbol.asyncDispose]());

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
function forge(header: object, claims: object, key = secret): string {
  const body = `${part(header)}.${part(claims)}`;
  return `${body}.${createHmac("sha256", key).update(body).digest("base64url")}`;
}

describe("[S1] only a token of ours lets in", () => {
  const now = () => Math.floor(Date.now() / 1000);
  const header = { alg: "HS256", typ: "JWT", kid: "test" };
  const claims = (sub: string) => ({
    sub,
    iss: "passerby",
    aud: "passerby-guest",
    iat: now() - 10,
    exp: now() + 60,
  });
  const mine = "mine".repeat(10);
  const jwk = { kty: "oct", kid: "test", k: Buffer.from(mine).toString("base64url") };
  const tokens: [string, (id: string, real: string) => string | undefined, string][] = [
    ["none", () => undefined, "unauthenticated"],
    ["garbage", () => "garbage", "unauthenticated"],
    ["algorithm none", (id) => `${part({ ...header, alg: "none" })}.${part(claims(id))}.`, "unauthenticated"],
    ["another algorithm's name", (id) => forge({ ...header, alg: "HS512" }, claims(id)), "unauthenticated"],
    ["an unknown kid", (id) => forge({ ...header, kid: "other" }, claims(id)), "unauthenticated"],
    ["no kid", (id) => forge({ alg: "HS256" }, claims(id)), "unauthenticated"],
    ["another key", (id) => forge(header, claims(id), "x".repeat(40)), "unauthenticated"],
    ["a jwk of its own", (id) => forge({ ...header, jwk }, claims(id), mine), "unauthenticated"],
    [
      "a jku of its own",
      (id) => forge({ ...header, jku: "http://127.0.0.1:1/keys" }, claims(id), mine),
      "unauthenticated",
    ],
    ["another audience", (id) => forge(header, { ...claims(id), aud: "admin" }), "unauthenticated"],
    ["another issuer", (id) => forge(header, { ...claims(id), iss: "evil" }), "unauthenticated"],
    ["no expiry", (id) => forge(header, { ...claims(id), exp: undefined }), "unauthenticated"],
    ["a subject that is no guest", () => forge(header, claims("admin")), "unauthenticated"],
    ["tampered claims", (id, real) => real.replace(/\.[^.]+\./, `.${part(claims(id))}.`), "unauthenticated"],
    ["8 kB of it", (_, real) => real + "A".repeat(8_000), "unauthenticated"],
    ["expired", (id) => forge(header, { ...claims(id), exp: now() - 5 }), "token-expired"],
  ];

  test.each(tokens)("%s", async (_, make, code) => {
    const { token, user } = await api.guest();
    for (const [method, path] of [
      ["GET", "/api/guest/me"],
      ["PATCH", "/api/guest/me"],
      ["GET", "/api/rooms"],
    ] as const) {
      const answer = await api.ask(path, { method, token: make(user.id, token) });
      expect([answer.status, answer.problem().code]).toEqual([401, code]);
      expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    }
    expect((await api.ask("/api/guest/me", { token: forge(header, claims(user.id)) })).status).toBe(200);
  });

  test("a header of 1 MB is cut off by the gateway, which lives on", async () => {
    const status = await new Promise((resolve, reject) => {
      const sent = request(`${api.url}/api/guest/me`, {
        headers: { authorization: `Bearer ${"A".repeat(1_000_000)}` },
      });
      sent
        .on("response", (answer) => resolve(answer.statusCode))
        .on("error", (error: NodeJS.ErrnoException) => {
          if (error.code === "EPIPE" || error.code === "ECONNRESET") resolve("cut off");
          else reject(error);
        });
      sent.end();
    });
    expect([431, "cut off"]).toContain(status);
    expect((await api.ask("/health")).status).toBe(200);
  });

  test("[S2] an expired token is refreshed for a day, for the same guest", async () => {
    const { user } = await api.guest();
    const ago = (seconds: number) => forge(header, { ...claims(user.id), iat: now() - 100_000, exp: now() - seconds });
    const refresh = (token: string) => api.ask("/api/guest/refresh", { method: "POST", token });
    const fresh = await refresh(ago(23 * 3600));
    expect(fresh.json()).toMatchObject({ user });
    expect((await refresh(ago(25 * 3600))).problem().code).toBe("token-expired");
  });

  test("keys are rotated: the new one signs, the old one still verifies", async () => {
    const { user } = await api.guest();
    const newer = "n".repeat(40);
    const settings = { REDIS_URL: redisUrl, ...generous, JWT_KEYS: `new:${newer},test:${secret}` };
    await using rotated = await startApi(settings);
    const old = createTokens([{ kid: "test", secret }]).issue(user.id).token;
    const { token } = (await rotated.ask("/api/guest/refresh", { method: "POST", token: old })).json() as {
      token: string;
    };
    expect(JSON.parse(Buffer.from(token.split(".")[0]!, "base64url").toString())).toMatchObject({ kid: "new" });
    expect((await rotated.ask("/api/guest/me", { token })).status).toBe(200);
  });
});

describe("CORS", () => {
  const listed = "https://chat.example.com";
  const production = () => ({
    ...generous,
    REDIS_URL: redisUrl,
    NODE_ENV: "production",
    LOG_LEVEL: "info",
    CORS_ORIGINS: `${listed},http://localhost:5173`,
  });
  const preflight = (method: string) => ({ "access-control-request-method": method });
  const refused: [string, string][] = [
    ["https://evil.example", "not in CORS_ORIGINS"],
    ["null", "an opaque origin (file:, sandboxed frame, redirect) cannot be listed"],
    ["https://chat.example.com.evil.example", "not in CORS_ORIGINS"],
    ["https://evilchat.example.com", "not in CORS_ORIGINS"],
    ["https://a.chat.example.com", `a subdomain of ${listed}, which does not include it`],
    ["http://chat.example.com", `scheme or port differs from ${listed}`],
    ["https://chat.example.com:8443", `scheme or port differs from ${listed}`],
    ["https://chat.example.com/", `write it as ${listed}`],
    ["not an origin", "not an origin"],
  ];

  test("development lets any origin in, without credentials", async () => {
    const answer = await api.ask("/health", { headers: { origin: "https://anything.example" } });
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
  });

  test("production lets the exact list in, and says in its log why it refused another", async () => {
    using log = listenToLog();
    await using strict = await startApi(production());
    for (const method of ["POST", "PATCH", "DELETE"]) {
      const asked = { method: "OPTIONS", headers: { origin: listed, ...preflight(method) } };
      const allowed = await strict.ask("/api/guest/me", asked);
      expect([allowed.status, allowed.headers.get("access-control-allow-origin")]).toEqual([204, listed]);
      expect(allowed.headers.get("access-control-allow-methods")).toContain(method);
      expect(allowed.headers.get("access-control-allow-headers")).toBe("Authorization,Content-Type");
    }
    const read = await strict.ask("/api/stats", { headers: { origin: listed } });
    expect(read.headers.get("access-control-allow-origin")).toBe(listed);
    expect(read.headers.get("access-control-expose-headers")).toContain("RateLimit-Remaining");

    for (const [origin, reason] of refused) {
      const get = await strict.ask("/api/stats", { headers: { origin } });
      expect([origin, get.headers.get("access-control-allow-origin")]).toEqual([origin, null]);
      expect(get.headers.get("vary")).toContain("Origin");
      const asked = { method: "OPTIONS", headers: { origin, ...preflight("POST") } };
      expect((await strict.ask("/api/guest", asked)).problem().code).toBe("forbidden");
      expect(log.lines()).toContainEqual(expect.objectContaining({ msg: "origin refused", origin, reason }));
    }
  });

  test("a page served by the same host is no stranger", async () => {
    using log = listenToLog();
    await using strict = await startApi(production());
    const made = await strict.ask("/api/guest", { body: {}, headers: { origin: strict.url } });
    expect(made.status).toBe(201);
    expect(log.text()).not.toContain("origin refused");
  });

  test("the emergency switch opens reading to all, logged, until its time", async () => {
    using log = listenToLog();
    const until = new Date(Date.now() + 8_000).toISOString();
    await using open = await startApi({ ...production(), CORS_EMERGENCY_UNTIL: until });
    const headers = { origin: "https://evil.example" };
    const get = await open.ask("/api/stats", { headers });
    expect(get.headers.get("access-control-allow-origin")).toBe("*");
    expect(get.headers.get("access-control-allow-credentials")).toBeNull();
    const asked = await open.ask("/api/guest/me", { method: "OPTIONS", headers: { ...headers, ...preflight("GET") } });
    expect(asked.headers.get("access-control-allow-methods")).toBe("GET,HEAD");
    for (const method of ["POST", "PATCH", "DELETE"]) {
      const write = { method: "OPTIONS", headers: { ...headers, ...preflight(method) } };
      expect((await open.ask("/api/guest/me", write)).problem().code).toBe("forbidden");
    }
    const messages = log.lines().map((line) => line["msg"]);
    expect(messages).toContain("CORS is open for reading to every origin");
    expect(messages).toContain("origin let in by CORS_EMERGENCY_UNTIL");

    await expect
      .poll(async () => (await open.ask("/api/stats", { headers })).headers.get("access-control-allow-origin"), {
        timeout: 60_000,
      })
      .toBeNull();
  });
});

describe("the log", () => {
  test("[S4] holds no name, token, id, address, query or body; a failure only with its request id", async () => {
    using log = listenToLog();
    const REDIS_URL = await freshRedisUrl();
    await using loud = await startApi({ REDIS_URL, NODE_ENV: "development", LOG_LEVEL: "debug" });
    const { token, user } = await loud.guest({ username: "Secretive_1", interests: ["stamps"] });
    const seen = await loud.ask("/api/guest/me", { token });
    await loud.ask(`/api/rooms/${user.id.replace("usr", "room")}/messages?after=77`, { token });
    await loud.ask(`/api/${user.id}?name=Secretive_1`, { token });

    // Wrong type under the session's key: a fault of ours, as far as the app can know.
    const redis = new Redis(REDIS_URL);
    await redis.del(`session:${user.id}`);
    await redis.set(`session:${user.id}`, "no hash");
    redis.disconnect();
    const failed = (await loud.ask("/api/guest/me", { token })).problem();
    expect([failed.code, failed.detail]).toEqual(["internal", failed.title]);

    const lines = log.lines();
    const requestId = seen.headers.get("x-request-id");
    expect(lines).toContainEqual(expect.objectContaining({ requestId, route: "GET /api/guest/me", status: 200 }));
    expect(lines).toContainEqual(expect.objectContaining({ requestId: failed.requestId, msg: "request failed" }));
    const text = log.text();
    for (const secretText of [user.id.slice(4), token, "Secretive", "stamps", "after=77", "127.0.0.1"]) {
      expect(text).not.toContain(secretText);
    }
  });

  test("is silent in tests and lean in production", async () => {
    using log = listenToLog();
    await api.ask("/health");
    expect(log.text()).toBe("");
    const settings = { REDIS_URL: redisUrl, NODE_ENV: "production" };
    await using lean = await startApi(settings);
    await lean.ask("/health");
    const [line] = log.lines().filter(({ msg }) => msg === "request");
    expect(Object.keys(line ?? {}).toSorted()).toEqual([
      "durationMs",
      "level",
      "msg",
      "requestId",
      "route",
      "status",
      "time",
    ]);
  });
});

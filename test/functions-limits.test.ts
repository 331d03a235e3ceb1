/** How much: sizes, encodings, limits; and what a guest hears while Redis is away. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../local/port.ts";
import { startRedis } from "../local/redis.ts";
import { startApi, type Api, type Asked } from "./support/http.ts";
import { freshRedisUrl } from "./support/redis.ts";
import { promised, until } from "./support/until.ts";

const generous = { GUESTS_PER_15_MIN: "5000", API_PER_15_MIN: "5000" };
let redisUrl: string;
let api: Api;

beforeAll(async () => {
  redisUrl = await freshRedisUrl();
  api = await startApi({ REDIS_URL: redisUrl, ...generous });
});
afterAll(() => api?.[Symbol.asyncDispose]());

describe("sizes and encodings", () => {
  test("BODY_LIMIT holds, also after inflation; Lambda's own limit holds above it", async () => {
    await using small = await startApi({ REDIS_URL: redisUrl, ...generous, BODY_LIMIT: "1kb" });
    const big = JSON.stringify({ username: "x".repeat(1_100) });
    const tooBig: Asked[] = [
      { body: big },
      { body: gzipSync(big), headers: { "content-encoding": "gzip" } },
      { body: "x=".padEnd(2_000, "y"), headers: { "content-type": "application/x-www-form-urlencoded" } },
      { body: new Uint8Array(2_000), headers: { "content-type": "image/png" } },
    ];
    for (const asked of tooBig) {
      expect((await small.ask("/api/guest", asked)).problem().code).toBe("payload-too-large");
    }
    const gzipped = { body: gzipSync('{"language":"de"}'), headers: { "content-encoding": "gzip" } };
    expect((await small.ask("/api/guest", gzipped)).status).toBe(201);
    const huge = await api.ask("/api/guest", { body: Buffer.alloc(7 * 1024 * 1024, "x") });
    expect(huge.problem().code).toBe("payload-too-large");
  });

  test("a longer answer is compressed, and arrives whole", async () => {
    const { token } = await api.guest();
    const interests = Array.from({ length: 10 }, (_, i) => `${i}`.padEnd(30, "abcdefgh"));
    const body = JSON.stringify({ x: "y".repeat(3_000) });
    const answer = await api.ask("/api/guest", { body, headers: { "accept-encoding": "gzip" } });
    expect(answer.problem().code).toBe("invalid");
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`unknown_field_number_${i}`.repeat(4), 1]));
    const long = await api.ask("/api/guest/me", {
      method: "PATCH",
      token,
      body: many,
      headers: { "accept-encoding": "gzip" },
    });
    expect(long.headers.get("content-encoding")).toBe("gzip");
    expect(Object.keys(long.problem().fields ?? {})).toHaveLength(20);
    expect((await api.ask("/api/guest/me", { method: "PATCH", token, body: { interests } })).status).toBe(200);
  });

  test("every answer carries the security headers", async () => {
    const { headers } = await api.ask("/api/nothing");
    const csp = headers.get("content-security-policy") ?? "";
    expect(csp).toContain("script-src 'self';");
    expect(csp).toContain("connect-src 'self' http://localhost:3001 ws://localhost:3001;");
    expect(csp).not.toContain("unsafe");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-powered-by")).toBeNull();
  });
});

describe("limits", () => {
  test("guests are limited by address, over instances, and told when to come back", async () => {
    const settings = { REDIS_URL: await freshRedisUrl(), GUESTS_PER_15_MIN: "4", API_PER_15_MIN: "3" };
    await using one = await startApi(settings);
    await using two = await startApi(settings);
    const left: (string | null)[] = [];
    for (const api of [one, two, one, two]) {
      const answer = await api.ask("/api/guest", { body: {} });
      expect([answer.status, answer.headers.get("ratelimit-limit")]).toEqual([201, "4"]);
      left.push(answer.headers.get("ratelimit-remaining"));
    }
    expect(left).toEqual(["3", "2", "1", "0"]);
    const over = await one.ask("/api/guest", { body: {} });
    const { code, retryAfterMs = 0 } = over.problem();
    expect([code, over.headers.get("ratelimit-remaining")]).toEqual(["rate-limited", "0"]);
    expect(Number(over.headers.get("retry-after"))).toBe(Math.ceil(retryAfterMs / 1000));
    expect(retryAfterMs).toBeGreaterThan(800_000);
    expect((await two.ask("/api/guest", { body: {} })).status).toBe(429);
    expect((await two.ask("/api/guest/username")).headers.get("ratelimit-remaining")).toBe("2");
    for (let i = 0; i < 10; i++) expect((await one.ask("/health")).status).toBe(200);
    for (let i = 0; i < 10; i++) expect((await one.ask("/health/ready")).status).toBe(200);
  });

  test("an address that asks much is given points by the handful: never more than the limit over instances, and what is left goes back", async () => {
    const REDIS_URL = await freshRedisUrl();
    const settings = { REDIS_URL, API_PER_15_MIN: "100" };
    await using one = await startApi(settings);
    await using two = await startApi(settings);
    const redis = new Redis(REDIS_URL);
    const taken = async () => {
      const [counted] = await redis.keys("limit:api:*");
      return counted === undefined ? 0 : Number(await redis.get(counted));
    };
    const ask = async (api: Api) => {
      const { status, headers } = await api.ask("/api/stats");
      return { status, left: Number(headers.get("ratelimit-remaining")) };
    };

    const first = [];
    for (let i = 0; i < 33; i++) first.push(await ask(one));
    expect(first.map(({ left }) => left)).toEqual(Array.from({ length: 33 }, (_, i) => 99 - i));
    await until("what was taken and not used is back", async () => (await taken()) === 33);

    // Both at once, as fast as they can.
    const [a, b] = await Promise.all(
      [one, two].map(async (api) => {
        let good = 0;
        while ((await ask(api)).status === 200) good += 1;
        return good;
      }),
    );
    expect(a! + b!).toBeLessThanOrEqual(67);
    expect(a! + b!).toBeGreaterThanOrEqual(50);
    redis.disconnect();
  });

  test("the numbers are looked up once a second, however many ask", async () => {
    const REDIS_URL = await freshRedisUrl();
    await using api = await startApi({ REDIS_URL });
    const at = async () => ((await api.ask("/api/stats")).json() as { timestamp: string }).timestamp;
    const looks = new Set(await Promise.all(Array.from({ length: 20 }, at)));
    expect(looks.size).toBeLessThanOrEqual(2); // a second may have gone by
    const [look] = looks;
    await until("another look", async () => (await at()) !== look);
  });

  test("[S4] a guest is limited by id, and neither id nor address stands in a limit's key", async () => {
    const REDIS_URL = await freshRedisUrl();
    await using small = await startApi({ REDIS_URL, API_PER_15_MIN: "2" });
    const [a, b] = [await small.guest(), await small.guest()];
    for (const status of [200, 200, 429])
      expect((await small.ask("/api/guest/me", { token: a.token })).status).toBe(status);
    expect((await small.ask("/api/guest/me", { token: b.token })).status).toBe(200);
    const redis = new Redis(REDIS_URL);
    const keys = await redis.keys("limit:*");
    redis.disconnect();
    expect(keys).toHaveLength(3);
    expect(keys.join()).not.toMatch(/usr_|127\.0/);
  });

  test("X-Forwarded-For is believed for exactly TRUSTED_PROXIES hops", async () => {
    const limited = (hops: number) => async () =>
      startApi({ REDIS_URL: await freshRedisUrl(), GUESTS_PER_15_MIN: "1", TRUSTED_PROXIES: String(hops) });
    const create = async (api: Api, forwarded: string) =>
      (await api.ask("/api/guest", { body: {}, headers: { "x-forwarded-for": forwarded } })).status;

    await using none = await limited(0)();
    expect([await create(none, "1.1.1.1"), await create(none, "2.2.2.2")]).toEqual([201, 429]);

    // One proxy before the gateway: the last entry is what that proxy saw, all before it is the client's own claim.
    await using one = await limited(1)();
    expect([await create(one, "1.1.1.1"), await create(one, "2.2.2.2")]).toEqual([201, 201]);
    expect(await create(one, "9.9.9.9, 1.1.1.1")).toBe(429);
    expect([await create(one, "2001:db8:1:2::1"), await create(one, "2001:db8:1:2:ffff::9")]).toEqual([201, 429]);
    expect(await create(one, "2001:db8:1:3::1")).toBe(201);

    await using two = await limited(2)();
    expect([await create(two, "1.1.1.1, 8.8.8.8"), await create(two, "6.6.6.6, 1.1.1.1, 7.7.7.7")]).toEqual([201, 429]);
  });
});

describe("Redis away", () => {
  test("health stays 200, readiness and the API are 503 and do not hang, and all is well again on its return", async () => {
    const options = { dir: await mkdtemp(join(tmpdir(), "passerby-redis-")), port: await freePort() };
    let redis = await startRedis(options);
    await using api = await startApi({ REDIS_URL: redis.url });
    const { token } = await api.guest();

    const isDown = async () => {
      for (const [method, path] of [
        ["GET", "/api/stats"],
        ["POST", "/api/guest"],
        ["GET", "/api/guest/me"],
      ] as const) {
        const startedAt = Date.now();
        const answer = await api.ask(path, { method, token });
        expect([path, answer.problem().code]).toEqual([path, "unavailable"]);
        expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
        expect(Date.now() - startedAt).toBeLessThan(promised(2_500)); // 2 s of waiting for Redis
      }
      const ready = await api.ask("/health/ready");
      expect([ready.status, ready.json()]).toEqual([
        503,
        { status: "degraded", checks: { redis: false, storage: true } },
      ]);
      expect((await api.ask("/health")).status).toBe(200);
    };

    await redis[Symbol.asyncDispose]();
    await isDown();
    redis = await startRedis(options);
    await expect.poll(async () => (await api.ask("/health/ready")).status).toBe(200);
    const { token: next } = await api.guest();

    // A Redis that hangs keeps its connections open: only a deadline tells.
    const client = new Redis(redis.url);
    const pid = Number(/process_id:(\d+)/.exec(await client.info("server"))?.[1]);
    client.disconnect();
    process.kill(pid, "SIGSTOP");
    try {
      await isDown();
    } finally {
      process.kill(pid, "SIGCONT");
    }
    await expect.poll(async () => (await api.ask("/api/guest/me", { token: next })).status).toBe(200);
    await redis[Symbol.asyncDispose]();
  });
});

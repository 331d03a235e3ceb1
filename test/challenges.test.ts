/** [A6] Proof of work at guest creation. */
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { roundsFor } from "../functions/challenges.ts";
import { createClient } from "../shared/client/index.ts";
import { solve } from "../shared/client/solve.ts";
import { key } from "../shared/stores/keys.ts";
import { startApi, type Api } from "./support/http.ts";
import { freshRedisUrl } from "./support/redis.ts";

const FREE = 3;
let api: Api;
let redis: Redis;
beforeAll(async () => {
  const url = await freshRedisUrl();
  redis = new Redis(url);
  const settings = { CHALLENGE_AFTER: String(FREE), GUESTS_PER_15_MIN: "40", TRUSTED_PROXIES: "1" };
  api = await startApi({ REDIS_URL: url, ...settings });
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  redis?.disconnect();
});

const make = (address: string, challenge?: string) =>
  api.ask("/api/guest", { body: { ...(challenge && { challenge }) }, headers: { "x-forwarded-for": address } });
async function useUp(address: string): Promise<void> {
  for (let n = 0; n < FREE; n++) expect((await make(address)).status).toBe(201);
}
/** The refusal, and the challenge it carries. */
async function refused(address: string, challenge?: string): Promise<{ detail: string; challenge: string }> {
  const { code, detail, fields } = (await make(address, challenge)).problem();
  expect(code).toBe("challenge-required");
  return { detail, challenge: fields!["challenge"]! };
}

test("[A6] beyond the free ones each guest costs a challenge; solved, it is good once, for that address alone", async () => {
  await useUp("192.0.2.1");
  const { challenge } = await refused("192.0.2.1");
  const solved = (await solve(challenge))!;
  await useUp("192.0.2.2");
  expect((await refused("192.0.2.2", solved)).detail).toBe("It was another's challenge");
  expect((await make("192.0.2.1", solved)).status).toBe(201);
  expect((await refused("192.0.2.1", solved)).detail).toBe("It was used before");
  expect((await make("192.0.2.3")).status).toBe(201); // from elsewhere nothing is asked
  // Of IPv6 the /64 counts.
  await useUp("2001:db8:1:2::1");
  await refused("2001:db8:1:2::2");
  expect((await make("2001:db8:1:3::1")).status).toBe(201);
});

test("[A6] nothing but a solution of ours in time is taken", async () => {
  await useUp("192.0.2.10");
  const { challenge } = await refused("192.0.2.10");
  const solved = (await solve(challenge))!;
  type Answer = {
    challenge: { parameters: Record<string, unknown>; signature: string };
    solution: { counter: number; derivedKey: string };
  };
  const changed = (change: (answer: Answer) => void) => {
    const answer = JSON.parse(solved) as Answer;
    change(answer);
    return JSON.stringify(answer);
  };
  const late = Math.floor(Date.now() / 1000) - 1;
  const wrong: [string, string][] = [
    ["x", "That is no solution"],
    ["{}", "That is no solution"],
    ["null", "That is no solution"],
    [challenge, "That is no solution"],
    [changed(({ solution }) => (solution.counter += 1)), "It is not solved"],
    [changed(({ solution }) => (solution.derivedKey = `00${"ab".repeat(31)}`)), "It is not solved"],
    [changed(({ challenge }) => (challenge.signature = "ab".repeat(32))), "It is not solved"],
    [changed(({ challenge }) => (challenge.parameters["nonce"] = "00".repeat(16))), "It is not solved"],
    [changed(({ challenge }) => (challenge.parameters["cost"] = 1)), "It has become harder meanwhile"],
    [changed(({ challenge }) => (challenge.parameters["keyPrefix"] = "0")), "That is no solution"],
    [changed(({ challenge }) => (challenge.parameters["expiresAt"] = late)), "It came too late"],
    [changed(({ challenge }) => delete challenge.parameters["expiresAt"]), "That is no solution"],
    // Put off beyond its time: then it is not what was signed.
    [changed(({ challenge }) => (challenge.parameters["expiresAt"] = late + 9_999)), "It is not solved"],
  ];
  for (const [answer, detail] of wrong)
    expect([answer.slice(0, 300), (await refused("192.0.2.10", answer)).detail]).toEqual([
      answer.slice(0, 300),
      detail,
    ]);
  expect((await make("192.0.2.10", "x".repeat(4097))).problem().code).toBe("invalid");
  expect((await make("192.0.2.10", solved)).status).toBe(201);
  expect(await redis.pttl((await redis.keys(`${key("solved")}*`))[0]!)).toBeLessThanOrEqual(5 * 60_000);
});

test("[A6] it grows harder with each five, what was easy before no longer counts, and refusals count for nothing", async () => {
  expect([1, 5, 6, 11, 26, 1_000].map(roundsFor)).toEqual([1_000, 1_000, 2_000, 4_000, 32_000, 32_000]);
  await useUp("192.0.2.20");
  const costs: number[] = [];
  const { challenge: first } = await refused("192.0.2.20");
  for (let n = 0; n < 7; n++) {
    const { challenge } = await refused("192.0.2.20");
    costs.push((JSON.parse(challenge) as { parameters: { cost: number } }).parameters.cost);
    expect((await make("192.0.2.20", await solve(challenge))).status).toBe(201);
  }
  expect(costs).toEqual([1_000, 1_000, 1_000, 1_000, 1_000, 2_000, 2_000]);
  expect((await refused("192.0.2.20", await solve(first))).detail).toBe("It has become harder meanwhile");
  const remaining = Number((await make("192.0.2.20")).headers.get("ratelimit-remaining"));
  expect(remaining).toBe(40 - FREE - 7 - 1);
});

test("[A6] wrong and used solutions, which cost us a computation each, count as guests do", async () => {
  await useUp("192.0.2.40");
  const { challenge } = await refused("192.0.2.40");
  const solved = (await solve(challenge))!;
  expect((await make("192.0.2.40", solved)).status).toBe(201);
  for (let n = 0; n < 3; n++) expect((await refused("192.0.2.40", solved)).detail).toBe("It was used before");
  const wrong = solved.replace(/"counter":\d+/, '"counter":4294967295');
  expect((await refused("192.0.2.40", wrong)).detail).toBe("It is not solved");
  const remaining = Number((await make("192.0.2.40")).headers.get("ratelimit-remaining"));
  expect(remaining).toBe(40 - FREE - 1 - 3 - 1 - 1);
});

test("[A6] the shared client solves it by itself, though it becomes harder meanwhile", async () => {
  await useUp("192.0.2.30");
  const asked: string[] = [];
  const from = { "content-type": "application/json", "x-forwarded-for": "192.0.2.30" };
  const fetcher: typeof fetch = async (url, init) => {
    const answer = await fetch(url, { ...init, headers: from });
    asked.push(`${new URL(answer.url).pathname} ${answer.status}`);
    return answer;
  };
  const client = createClient({ httpUrl: api.url, fetch: fetcher });
  const starting = client.start({ username: "hard_working" }).catch(() => undefined); // no socket tier here
  const { user } = await client.when((now) => now.user !== undefined, 20_000);
  expect(user?.username).toBe("hard_working");
  expect(asked).toEqual(["/api/guest 403", "/api/guest 201"]);
  client.destroy();
  void starting;
});

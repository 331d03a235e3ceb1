/** The operator's routes: for whom they are there, what they refuse, what they list. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Ban } from "../shared/protocol/bans.ts";
import { key } from "../shared/stores/keys.ts";
import { startApi, type Api, type Asked } from "./support/http.ts";
import { type Cluster, startCluster } from "./support/nodes.ts";
import { ADMIN_TOKEN, from, guestFrom, HOUR_MS, operator } from "./support/operator.ts";

let cluster: Cluster;
let api: Api;
beforeAll(async () => {
  const settings = { TRUSTED_PROXIES: "1", GUESTS_PER_15_MIN: "5000", API_PER_15_MIN: "5000" };
  cluster = await startCluster(2, { ...settings, ADMIN_TOKEN });
  api = await startApi({ ...cluster.env, SOCKET_URL: `http://127.0.0.1:${cluster.nodes[0]!.port}` });
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await cluster?.[Symbol.asyncDispose]();
});
beforeEach(async () => void (await cluster.redis.del(key("bans"), key("banNotes"))));

const admin = (path: string, asked?: Asked) => operator(api).admin(path, asked);
const ban = (body: object) => operator(api).ban(body);
const guest = (address: string, headers?: Record<string, string>) => guestFrom(api, address, headers);
describe("the operator's routes", () => {
  const routes: [string, Asked][] = [
    ["/api/bans", {}],
    ["/api/bans", { body: { userId: `usr_${"a".repeat(22)}`, guest: true, address: false, durationMs: HOUR_MS } }],
    [`/api/bans/usr_${"a".repeat(22)}`, { method: "DELETE" }],
  ];

  test("[S1] let nobody in but ADMIN_TOKEN, a guest's token included", async () => {
    const { token } = await guest("203.0.113.40");
    for (const [path, asked] of routes) {
      for (const wrong of [undefined, "", "x", `${ADMIN_TOKEN}x`, ADMIN_TOKEN.slice(0, -1), token]) {
        const answer = await api.ask(path, { ...asked, token: wrong, headers: from("203.0.113.41") });
        expect([path, wrong, answer.problem().code]).toEqual([path, wrong, "unauthenticated"]);
      }
    }
    expect((await admin("/api/bans")).status).toBe(200);
  });

  test("are not there without ADMIN_TOKEN, whoever asks", async () => {
    const { ADMIN_TOKEN: _, ...env } = cluster.env;
    await using bare = await startApi(env);
    for (const [path, asked] of routes) {
      for (const token of [undefined, ADMIN_TOKEN, "undefined", ""])
        expect((await bare.ask(path, { ...asked, token })).problem().code).toBe("not-found");
    }
  });

  test("[A1] have a limit of their own: guessing ends soon", async () => {
    const guess = () => api.ask("/api/bans", { token: "guess", headers: from("203.0.113.50") });
    const codes: string[] = [];
    for (let n = 0; n < 205; n++) codes.push((await guess()).problem().code);
    expect(codes.filter((code) => code === "unauthenticated")).toHaveLength(200);
    expect(codes.at(-1)).toBe("rate-limited");
    const right = await admin("/api/bans", { headers: from("203.0.113.50") });
    expect(right.problem().code).toBe("rate-limited");
    expect((await admin("/api/bans")).status).toBe(200); // from elsewhere
  });

  test("[P2] refuse what makes no sense, and a guest of whom nothing is known", async () => {
    const good = { userId: `usr_${"b".repeat(22)}`, guest: true, address: true, durationMs: HOUR_MS };
    const wrong: object[] = [
      { guest: false, address: false },
      { durationMs: 25 * HOUR_MS },
      { durationMs: 1 },
      { userId: undefined },
      { reportId: `rep_${"a".repeat(22)}` },
      { reason: "x".repeat(201) },
      { more: 1 },
    ];
    for (const part of wrong)
      expect((await admin("/api/bans", { body: { ...good, ...part } })).problem().code).toBe("invalid");
    expect((await admin("/api/bans", { body: good })).problem().code).toBe("not-found");
    expect((await admin("/api/bans?cursor=abc")).problem().code).toBe("invalid");
  });

  test("never shorten a ban: the longest counts", async () => {
    const { user } = await cluster.guest();
    const endOf = async (hours: number) => {
      await ban({ userId: user.id, durationMs: hours * HOUR_MS });
      return Number(await cluster.redis.zscore(key("bans"), user.id));
    };
    const ends = await endOf(2);
    expect(await endOf(1)).toBe(ends);
    expect(await endOf(3)).toBeGreaterThan(ends);
  });

  test("list bans page by page, those that end last first", async () => {
    const ids: string[] = [];
    for (let n = 0; n < 7; n++) {
      const { user } = await cluster.guest();
      await ban({ userId: user.id, durationMs: HOUR_MS + n * 60_000 });
      ids.unshift(user.id);
    }
    // Three of one time: the page breaks among them.
    const ends = await cluster.redis.zscore(key("bans"), ids[2]!);
    for (const id of ids.slice(2, 5)) await cluster.redis.zadd(key("bans"), ends!, id);
    const listed: string[] = [];
    for (let cursor: string | undefined = ""; cursor !== undefined;) {
      const page = await admin(`/api/bans?limit=2${cursor && `&cursor=${cursor}`}`);
      const { bans, cursor: next } = page.json() as { bans: Ban[]; cursor?: string };
      expect(bans.length).toBeLessThanOrEqual(2);
      listed.push(...bans.map(({ id }) => id));
      cursor = next;
    }
    expect(listed.toSorted()).toEqual(ids.toSorted());
    expect(listed.slice(0, 2)).toEqual(ids.slice(0, 2));
  });
});

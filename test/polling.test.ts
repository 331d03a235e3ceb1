/** SOCKET_POLLING is for networks that block websockets: requests of one session reach one node. */
import { connect } from "node:net";
import { expect, test } from "vitest";
import { loadConfig } from "../shared/config.ts";
import { limits } from "../shared/protocol/limits.ts";
import { createStores } from "../shared/stores/index.ts";
import { createTokens } from "../shared/tokens.ts";
import { Redis } from "ioredis";
import { bundle, startTier } from "./faults/tier.ts";
import { randomFrame, seeded } from "./support/attacker.ts";
import { Talker, until } from "./support/nodes.ts";
import { freshRedisUrl } from "./support/redis.ts";
import { promised } from "./support/until.ts";

const settings = async () => ({
  REDIS_URL: await freshRedisUrl(),
  JWT_KEYS: "test:0123456789abcdef0123456789abcdef",
  SOCKET_POLLING: "true",
  CORS_ORIGINS: "http://localhost:3000",
});

test.concurrent(
  "[P1] guests whose network blocks websockets meet and talk by polling, over two nodes behind one port",
  async () => {
    const env = { ...(await settings()), WORKERS: "2" };
    await using tier = await startTier(await bundle(), env);
    await tier.begun();
    const config = loadConfig(env);
    const redis = new Redis(env.REDIS_URL);
    const stores = createStores({ redis, config });
    const tokens = createTokens(config.secrets.jwtKeys);
    await until("both nodes serve", async () => {
      const { nodes } = await stores.stats.nodes();
      return nodes.filter(({ state }) => state === "ready").length === 2;
    });
    const talkers: Talker[] = [];
    for (let i = 0; i < 6; i++) {
      const { user } = await stores.sessions.create({});
      const identity = { user, token: tokens.issue(user.id).token };
      const talker = new Talker(`http://127.0.0.1:${tier.port}`, identity, {}, ["polling"]);
      await talker.welcomed();
      talkers.push(talker);
    }
    expect(new Set(talkers.map(({ welcome }) => welcome.nodeId)).size).toBe(2);
    const [a, b] = talkers as [Talker, Talker];
    await a.ask("match:join", {});
    await b.ask("match:join", {});
    const { room } = await a.next("match:found");
    await a.say(room.id, "by polling");
    expect((await b.next("message:sent")).message.text).toBe("by polling");

    // Whoever posts what they like harms nobody; and a page from elsewhere does not even get a session.
    const ask = async (query: string, headers: Record<string, string> = {}, body?: string) => {
      const url = `http://127.0.0.1:${tier.port}/socket.io/?EIO=4&transport=polling${query}`;
      const init = { headers: { connection: "close", ...headers }, signal: AbortSignal.timeout(20_000) };
      const answer = await fetch(url, body === undefined ? init : { ...init, method: "POST", body });
      return { status: answer.status, text: await answer.text() };
    };
    for (const origin of [
      "https://evil.example",
      "null",
      "http://localhost:3000.evil.example",
      "http://localhost:3001",
    ])
      expect([origin, (await ask("", { origin })).status]).toEqual([origin, 403]);
    expect((await ask("", { origin: "http://localhost:3000" })).status).toBe(200);
    const pids = await tier.nodePids();
    const random = seeded(20_26);
    const statuses = new Map<number, number>();
    for (let n = 0; n < 100; n++) {
      const { sid } = JSON.parse((await ask("")).text.slice(1)) as { sid: string };
      const frames = Array.from({ length: 5 }, () => randomFrame(random).map(({ data }) => data.toString()));
      const body = n % 10 === 0 ? "4".repeat(70_000) : frames.flat().join("\x1e");
      const login = `40{"token":"${talkers[2]!.identity.token}","protocol":1}\x1e`;
      const { status } = await ask(`&sid=${n % 7 === 0 ? "nobody" : sid}`, {}, n % 2 ? body : login + body);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    expect([...statuses.keys()].filter((status) => ![200, 400, 413].includes(status))).toEqual([]);
    expect([statuses.get(200)! > 30, statuses.get(413)! > 5]).toEqual([true, true]);
    await a.say(room.id, "still by polling");
    expect((await b.next("message:sent")).message.text).toBe("still by polling");
    expect(await tier.nodePids()).toEqual(pids);
    expect(tier.output()).not.toMatch(/"level":[56]0|unhandled|uncaught/i);
    for (const talker of talkers) talker.close();
    redis.disconnect();
  },
);

test.concurrent("[A2] whoever is slow to say what they want is cut, by the primary as by the node", async () => {
  await using tier = await startTier(await bundle(), { ...(await settings()), WORKERS: "1" });
  await tier.begun();
  const line = (method: string) => `${method} /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n`;
  const slow = {
    nothing: "",
    "half its headers": line("GET"),
    "half its body": `${line("POST")}Content-Length: 9\r\n\r\n4`,
  };
  const open = new Set(Object.keys(slow));
  for (const [how, text] of Object.entries(slow)) {
    const socket = connect(tier.port, "127.0.0.1").on("error", () => {});
    socket.on("close", () => open.delete(how)).resume();
    socket.write(text);
  }
  const one = { signal: AbortSignal.timeout(promised(5_000)) };
  await until("all are cut", () => open.size === 0, promised(limits.connectTimeoutMs + 3_000)).catch(() => {});
  expect([...open]).toEqual([]);
  expect((await fetch(`http://127.0.0.1:${tier.port}/health`, one)).status).toBe(200);
});

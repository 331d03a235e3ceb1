/** SOCKET_POLLING is for networks that block websockets: requests of one session reach one node. */
import { expect, test } from "vitest";
import { loadConfig } from "../shared/config.ts";
import { createStores } from "../shared/stores/index.ts";
import { createTokens } from "../shared/tokens.ts";
import { Redis } from "ioredis";
import { bundle, startTier } from "./faults/tier.ts";
import { Talker } from "./support/nodes.ts";
import { freshRedisUrl } from "./support/redis.ts";

test("[P1] guests whose network blocks websockets meet and talk by polling, over two nodes behind one port", async () => {
  const env = {
    REDIS_URL: await freshRedisUrl(),
    JWT_KEYS: "test:0123456789abcdef0123456789abcdef",
    SOCKET_POLLING: "true",
    WORKERS: "2",
  };
  await using tier = await startTier(await bundle(), env);
  await tier.ready();
  const config = loadConfig(env);
  const redis = new Redis(env.REDIS_URL);
  const stores = createStores({ redis, config });
  const tokens = createTokens(config.secrets.jwtKeys);
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
  for (const talker of talkers) talker.close();
  redis.disconnect();
});

import { once } from "node:events";
import type { Redis } from "ioredis";
import type { Config } from "../shared/config.ts";
import { createLogger } from "../shared/logger.ts";
import { httpLimit } from "../shared/middleware/rate-limit.ts";
import { PasserbyError } from "../shared/protocol/errors.ts";
import { connectRedis } from "../shared/redis.ts";
import { createStores } from "../shared/stores/index.ts";
import { createTokens } from "../shared/tokens.ts";
import { createIceServers } from "../shared/turn.ts";

/** Covers a cold start and a thawed Lambda's reconnect; a client would rather hear `unavailable` than wait longer. */
const REDIS_WAIT_MS = 1_000;

/** Per address: enough for a moderator at work, nothing for a guesser. */
const ADMIN_PER_15_MIN = 200;

/** One wait for all who wait. */
function readiness(redis: Redis): () => Promise<void> {
  let waiting: Promise<void> | undefined;
  const wait = () =>
    once(redis, "ready", { signal: AbortSignal.timeout(REDIS_WAIT_MS) })
      .then(() => undefined)
      .catch(() => {
        throw new PasserbyError("unavailable", undefined, { retryAfterMs: 2_000 });
      })
      .finally(() => (waiting = undefined));
  return async () => {
    if (redis.status !== "ready") await (waiting ??= wait());
  };
}

/** What the routes need, built once per cold start; Redis connects in the background meanwhile. */
export function createContext(config: Config) {
  const logger = createLogger(config.logLevel, { tier: "functions" });
  const redis = connectRedis(config.redisUrl, "stores", logger);
  const limiterRedis = connectRedis(config.redisUrl, "limiter", logger);
  const secret = config.secrets.jwtKeys[0]!.secret;
  const limit = (name: string, pointsPer15Min: number) =>
    httpLimit({ redis: limiterRedis, name, pointsPer15Min, secret });

  const stores = createStores({ redis, config });
  const [storesReady, limiterReady] = [readiness(redis), readiness(limiterRedis)];

  return {
    config,
    logger,
    tokens: createTokens(config.secrets.jwtKeys),
    iceServers: createIceServers(config),
    stores,
    limits: {
      api: limit("api", config.apiPer15Min),
      guests: limit("guests", config.guestsPer15Min),
      admin: limit("admin", ADMIN_PER_15_MIN),
    },
    /** The limiter may fail, its insurance then counts; the stores may not. */
    ready: async () => {
      await Promise.all([storesReady(), limiterReady().catch(() => undefined)]);
    },
    admit: (userId: string, network: string) => stores.sessions.admit(userId, network),
    async [Symbol.asyncDispose]() {
      for (const client of [redis, limiterRedis]) {
        if (client.status === "ready") await client.quit().catch(() => undefined);
        client.disconnect();
      }
    },
  };
}

export type HttpContext = ReturnType<typeof createContext>;

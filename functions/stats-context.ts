import type { Config } from "../shared/config.ts";
import { createLogger } from "../shared/logger.ts";
import { httpLimit } from "../shared/middleware/rate-limit.ts";
import { connectRedis } from "../shared/redis.ts";
import { statsStore } from "../shared/stores/stats.ts";
import { closeRedis, readiness } from "./readiness.ts";

/** What the numbers need, and no more: no tokens, no scripts, no schemas, one link to Redis. */
export function createStatsContext(config: Config) {
  const logger = createLogger(config.logLevel, { tier: "functions" });
  const redis = connectRedis(config.redisUrl, "stores", logger);
  const secret = config.secrets.jwtKeys[0]!.secret;
  const api = httpLimit({ redis, name: "api", pointsPer15Min: config.apiPer15Min, secret, handfuls: true });
  return {
    config,
    logger,
    stats: statsStore({ redis, config }),
    limits: { api },
    ready: readiness(redis),
    [Symbol.asyncDispose]: () => closeRedis(redis),
  };
}

export type StatsContext = ReturnType<typeof createStatsContext>;

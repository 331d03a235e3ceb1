import type { Config } from "../shared/config.ts";
import { limits } from "../shared/protocol/limits.ts";
import { createLogger } from "../shared/logger.ts";
import { httpLimit } from "../shared/middleware/rate-limit.ts";
import { connectRedis } from "../shared/redis.ts";
import { createStores } from "../shared/stores/index.ts";
import { createTokens } from "../shared/tokens.ts";
import { createIceServers } from "../shared/turn.ts";
import { closeRedis, readiness } from "./readiness.ts";

/** Per address: enough for a moderator at work, nothing for a guesser. */
const ADMIN_PER_15_MIN = 200;
/** Per address: in the day that a report is kept, half of the places there are. However many guests it makes, it crowds nobody out. */
const REPORTS_PER_15_MIN = Math.floor(limits.reports / 2 / (limits.reportMs / (15 * 60_000)));

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
      reports: limit("reports-from", REPORTS_PER_15_MIN),
    },
    /** The limiter may fail, its insurance then counts; the stores may not. */
    ready: async () => {
      await Promise.all([storesReady(), limiterReady().catch(() => undefined)]);
    },
    admit: (userId: string, network: string) => stores.sessions.admit(userId, network),
    [Symbol.asyncDispose]: () => closeRedis(redis, limiterRedis),
  };
}

export type HttpContext = ReturnType<typeof createContext>;

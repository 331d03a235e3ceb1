import { createHmac } from "node:crypto";
import type { Response } from "express";
import type { Redis } from "ioredis";
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import { PasserbyError } from "../protocol/errors.ts";
import { key } from "../stores/keys.ts";

const WINDOW_S = 15 * 60;
/** Without Redis each instance counts alone, so each allows a tenth. */
const INSURANCE_SHARE = 0.1;

/** Counts one request of `who` (an address or a guest id); throws `rate-limited`. Sets the RateLimit-* headers either way. */
export type Limit = (res: Response, who: string) => Promise<void>;

export interface LimitOptions {
  redis: Redis;
  /** Of the Redis key. */
  name: string;
  pointsPer15Min: number;
  /** Keys the pseudonyms: neither an address nor a guest id stands in Redis (S4). */
  secret: string;
}

/** A limit counted in Redis, so over all instances; when Redis is away, in memory and stricter, never open. */
export function createLimit({ redis, name, pointsPer15Min, secret }: LimitOptions): Limit {
  const window = { duration: WINDOW_S, keyPrefix: key("limit", name) };
  const limiter = new RateLimiterRedis({
    ...window,
    storeClient: redis,
    points: pointsPer15Min,
    rejectIfRedisNotReady: true,
    insuranceLimiter: new RateLimiterMemory({
      ...window,
      points: Math.max(1, Math.floor(pointsPer15Min * INSURANCE_SHARE)),
    }),
  });
  const pseudonym = (who: string) =>
    createHmac("sha256", secret).update(`${name}:${who}`).digest("base64url").slice(0, 22);

  return async (res, who) => {
    const tell = (result: RateLimiterRes) => {
      res.setHeader("RateLimit-Limit", pointsPer15Min);
      res.setHeader("RateLimit-Remaining", Math.max(0, result.remainingPoints));
      res.setHeader("RateLimit-Reset", Math.ceil(result.msBeforeNext / 1000));
    };
    try {
      tell(await limiter.consume(pseudonym(who)));
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      tell(refused);
      throw new PasserbyError("rate-limited", undefined, { retryAfterMs: refused.msBeforeNext });
    }
  };
}

/** Limits counted in Redis, over all nodes and functions; while Redis is away a stricter count in this process stands in. */
import type { Redis } from "ioredis";
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import { PasserbyError } from "../protocol/errors.ts";
import { key } from "./keys.ts";

/** The insurance lets a quarter through: never open, never closed for all. */
const INSURANCE_SHARE = 4;

/** Events are counted in tenths: the smallest weight is 0.1. */
export const pointsPerEvent = 10;
export const eventWindowMs = 60_000;

export interface LimitState {
  limit: number;
  remaining: number;
  resetMs: number;
}

export interface Limit {
  /** Counts; throws PasserbyError `rate-limited` with `retryAfterMs` beyond the limit. */
  consume(who: string, points?: number): Promise<LimitState>;
  /** Takes one (or so many) back: it came to nothing. */
  refund(who: string, points?: number): Promise<void>;
  forget(who: string): Promise<void>;
  readonly points: number;
  readonly windowMs: number;
}

/**
 * @param points how many of them in a window
 * @param onExceeded told how far over the limit the offender is
 */
export function createLimit(redis: Redis, name: string, points: number, windowMs: number): Limit {
  const windowS = windowMs / 1000;
  const limiter = new RateLimiterRedis({
    storeClient: redis,
    keyPrefix: key("limit", name),
    points,
    duration: windowS,
    inMemoryBlockOnConsumed: points * 3,
    insuranceLimiter: new RateLimiterMemory({
      points: Math.max(1, Math.floor(points / INSURANCE_SHARE)),
      duration: windowS,
    }),
  });
  return {
    points,
    windowMs,
    async consume(who, cost = 1) {
      try {
        const state = await limiter.consume(who, cost);
        return { limit: points, remaining: Math.max(0, state.remainingPoints), resetMs: state.msBeforeNext };
      } catch (refused) {
        if (!(refused instanceof RateLimiterRes)) throw refused;
        throw new LimitExceeded(points, refused.msBeforeNext, refused.consumedPoints);
      }
    },
    refund: async (who, back = 1) => void (await limiter.reward(who, back)),
    forget: async (who) => void (await limiter.delete(who)),
  };
}

/** `rate-limited`, with what the headers and the cut-off of repeated excess need. */
export class LimitExceeded extends PasserbyError {
  readonly limit: number;
  readonly consumed: number;

  constructor(limit: number, retryAfterMs: number, consumed: number) {
    super("rate-limited", undefined, { retryAfterMs });
    this.limit = limit;
    this.consumed = consumed;
  }
}

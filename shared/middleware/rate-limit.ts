import { createHmac } from "node:crypto";
import type { Response } from "express";
import type { Redis } from "ioredis";
import { PasserbyError } from "../protocol/errors.ts";
import { inHandfuls } from "../stores/handfuls.ts";
import { createLimit, LimitExceeded, type LimitState } from "../stores/limits.ts";

const WINDOW_MS = 15 * 60_000;
/** A Redis that hangs: the stores would hang as well, so the answer is known by now. */
const WAIT_MS = 1_000;

export interface HttpLimit {
  /** Counts one request of `who` (an address or a guest id); throws `rate-limited`. Sets the RateLimit-* headers either way. */
  (res: Response, who: string): Promise<LimitState>;
  /** Takes one back. */
  refund: (who: string) => Promise<void>;
}

export interface HttpLimitOptions {
  redis: Redis;
  /** Of the Redis key. */
  name: string;
  pointsPer15Min: number;
  /** Keys the pseudonyms: neither an address nor a guest's id stands in Redis, nor outlives the guest there (S4). */
  secret: string;
  /** For routes whose answer costs less than a trip to Redis. */
  handfuls?: boolean;
}

/** A limit counted over all instances, which tells the client where it stands. */
export function httpLimit({ redis, name, pointsPer15Min, secret, handfuls }: HttpLimitOptions): HttpLimit {
  const inRedis = createLimit(redis, name, pointsPer15Min, WINDOW_MS);
  const named = (who: string) => createHmac("sha256", secret).update(`${name}:${who}`).digest("base64url").slice(0, 22);
  const limit = {
    points: pointsPer15Min,
    consume: (who: string, points?: number) => inRedis.consume(named(who), points),
    refund: (who: string, points?: number) => inRedis.refund(named(who), points),
  };
  const hands = handfuls ? inHandfuls(limit) : undefined;
  const { consume } = hands ?? limit;

  const count = async (res: Response, who: string) => {
    const tell = (points: number, remaining: number, resetMs: number) => {
      res.setHeader("RateLimit-Limit", points);
      res.setHeader("RateLimit-Remaining", remaining);
      res.setHeader("RateLimit-Reset", Math.ceil(resetMs / 1000));
    };
    const held = hands?.use(who);
    if (held) {
      tell(held.limit, held.remaining, held.resetMs);
      return held;
    }
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new PasserbyError("unavailable", undefined, { retryAfterMs: 2_000 })), WAIT_MS);
    });
    try {
      const state = await Promise.race([consume(who), late]);
      tell(state.limit, state.remaining, state.resetMs);
      return state;
    } catch (error) {
      if (error instanceof LimitExceeded) tell(error.limit, 0, error.retryAfterMs ?? 0);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };
  return Object.assign(count, { refund: (who: string) => limit.refund(who) });
}

import { once } from "node:events";
import type { Redis } from "ioredis";
import { PasserbyError } from "../shared/protocol/errors.ts";

/** Covers a cold start and a thawed Lambda's reconnect; a client would rather hear `unavailable` than wait longer. */
const REDIS_WAIT_MS = 1_000;

/** @returns waits until the client may be asked: one wait for all who wait */
export function readiness(redis: Redis): () => Promise<void> {
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

export async function closeRedis(...clients: Redis[]): Promise<void> {
  for (const client of clients) {
    if (client.status === "ready") await client.quit().catch(() => undefined);
    client.disconnect();
  }
}

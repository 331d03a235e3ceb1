import { Redis } from "ioredis";
import { inject } from "vitest";

/** A database that nobody else uses in this run, empty, as a REDIS_URL. */
export async function freshRedisUrl(): Promise<string> {
  const base = inject("redisUrl");
  const counter = new Redis(base);
  try {
    const database = await counter.incr("databases-taken");
    await counter.select(database);
    await counter.flushdb();
    return `${base}/${database}`;
  } finally {
    counter.disconnect();
  }
}

/** What Redis holds, for tests that compare it or search all of it. */
import type { Redis } from "ioredis";

function read(redis: Redis, type: string, key: string): Promise<unknown> | string {
  switch (type) {
    case "string":
      return redis.get(key);
    case "hash":
      return redis.hgetall(key);
    case "set":
      return redis.smembers(key).then((members) => members.toSorted());
    case "zset":
      return redis.zrange(key, "0", "-1", "WITHSCORES");
    case "stream":
      return redis.xrange(key, "-", "+");
    case "list":
      return redis.lrange(key, 0, -1);
    default:
      return type;
  }
}

/** Every key with its whole value. */
export async function dump(redis: Redis): Promise<Record<string, unknown>> {
  const keys = (await redis.keys("*")).toSorted();
  const entries = await Promise.all(
    keys.map(async (key) => [key, await read(redis, await redis.type(key), key)] as const),
  );
  return Object.fromEntries(entries);
}

/** What changes by the clock alone: leases, limits, nodes, the adapter's stream, and what waits in inboxes. */
const byTheClock =
  /^(limit:|node:|nodes$|inbox:|where:|online$|away$|active$|sessions$|pairs$|offers$|queue:lease$|queue:widen$|calls:due$|socket\.io)/;

/** Rooms and guests, without what changes by the clock. */
export async function state(redis: Redis): Promise<Record<string, unknown>> {
  const all = await dump(redis);
  return Object.fromEntries(Object.entries(all).filter(([key]) => !byTheClock.test(key)));
}

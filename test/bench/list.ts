/** Matching as it is done in an afternoon: take the oldest of a list, or stand in it. No wishes, no leases. */
import { Redis } from "ioredis";

const LIST = `local other = redis.call('LPOP', KEYS[1])
if not other then return redis.call('RPUSH', KEYS[1], ARGV[1]) and '' end
redis.call('HSET', KEYS[2], ARGV[1], other, other, ARGV[1])
redis.call('PUBLISH', 'found', ARGV[1] .. ' ' .. other)
return other`;

/** @returns who is met, or "" */
export function listOf(redisUrl: string) {
  const redis = new Redis(redisUrl, { scripts: { pair: { lua: LIST, numberOfKeys: 2 } } });
  const { pair } = redis as unknown as { pair: (...args: string[]) => Promise<string> };
  return {
    take: (id: string) => pair.call(redis, "queue", "pairs", id),
    [Symbol.dispose]: () => redis.disconnect(),
  };
}

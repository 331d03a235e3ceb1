/** Matches a second at the store: guests on four nodes, joining over one connection; every match is told to both sides' nodes. */
import { Redis } from "ioredis";
import { loadConfig } from "../../shared/config.ts";
import type { Wishes } from "../../shared/protocol/index.ts";
import { createStores } from "../../shared/stores/index.ts";
import { key } from "../../shared/stores/keys.ts";

const NODES = ["node_bench000000000a", "node_bench000000000b", "node_bench000000000c", "node_bench000000000d"];
const LANGUAGES = ["en", "es", "hi", "ar", "pt"];
const PREPARE = 500;

/** Half take anyone, a quarter has a language, a quarter holds out for one of forty interests. */
function wishes(n: number): Wishes {
  if (n % 4 === 1) return { language: LANGUAGES[n % 5] };
  if (n % 4 === 3) return { interests: [`interest ${(n * 7919) % 40}`, `interest ${(n * 104_729) % 40}`] };
  return {};
}

async function eachOf<T>(items: T[], inFlight: number, work: (item: T, n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < items.length) await work(items[next]!, next++);
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

/** The waits of all matches that were told, ms; each inbox keeps about 10,000 entries. */
async function waitsOf(redis: Redis): Promise<number[]> {
  const inboxes = await Promise.all(NODES.map((id) => redis.xrange(key("inbox", id), "-", "+")));
  const found = inboxes.flat().filter(([, fields]) => fields[1] === "found");
  return found.map(([, fields]) => Number(fields[fields.indexOf("waited") + 1])).toSorted((a, b) => a - b);
}

/**
 * Empties that database.
 * @param guests up to 40,000, so that no inbox drops what it was told
 * @returns waitP95Ms: of the matched, from joining the queue to the match
 */
export async function measureMatches(
  redisUrl: string,
  guests = 20_000,
  inFlight = 64,
): Promise<{ matchesPerSecond: number; waitP95Ms: number }> {
  const redis = new Redis(redisUrl);
  try {
    await redis.flushdb();
    const stores = createStores({ redis, config: loadConfig({ NODE_ENV: "test" }) });
    await Promise.all(NODES.map((id) => redis.xadd(key("inbox", id), "MAXLEN", 0, "*", "op", "open")));
    const ids: string[] = [];
    await eachOf(Array.from({ length: guests }), PREPARE, async (_, n) => {
      const { user } = await stores.sessions.create({ username: `bench_${n}` });
      await stores.presence.open(user.id, NODES[n % 4]!);
      ids[n] = user.id;
    });
    const started = performance.now();
    await eachOf(ids, inFlight, (id, n) => stores.matching.join(id, NODES[n % 4]!, wishes(n)));
    const seconds = (performance.now() - started) / 1_000;
    const waits = await waitsOf(redis);
    return {
      matchesPerSecond: Math.round(waits.length / 2 / seconds),
      waitP95Ms: waits[Math.floor(waits.length * 0.95)] ?? 0,
    };
  } finally {
    redis.disconnect();
  }
}

/** Guests on four nodes who join the queue at the store, while many others stand in it and hold out. Beats as nodes do. */
import { Redis } from "ioredis";
import { loadConfig } from "../../shared/config.ts";
import type { Wishes } from "../../shared/protocol/index.ts";
import { createStores, type Stores } from "../../shared/stores/index.ts";
import { key } from "../../shared/stores/keys.ts";
import { beatMs } from "../../shared/stores/leases.ts";
import { serveJobs } from "./jobs.ts";
import { quantile } from "./numbers.ts";
import { watchCpu, type Watched } from "./proc.ts";

export interface MatchesPlan extends Watched {
  redisUrl: string;
  /** Who stand in the queue all the while: each alone with their interest. */
  searching: number;
  /** Who come and are matched; up to 40,000, so that no inbox drops what it was told. */
  guests: number;
}

const NODES = ["node_bench000000000a", "node_bench000000000b", "node_bench000000000c", "node_bench000000000d"];
const LANGUAGES = ["en", "es", "hi", "ar", "pt"];
const IN_FLIGHT = 64;
const TICK_MS = 500;
const HOUR_MS = 3_600_000;
const nodeOf = (n: number) => NODES[n % NODES.length]!;

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

/** What four nodes do by the clock: leases of their guests, and the queue's own. @returns ends it */
function keepUp(stores: Stores, ids: string[]): () => void {
  const caught = (error: unknown) => process.emitWarning(String(error));
  async function beat() {
    for (const [n, nodeId] of NODES.entries()) {
      const mine = ids.filter((_, i) => i % NODES.length === n).map((userId) => ({ userId, active: false }));
      for (let i = 0; i < mine.length; i += 200) await stores.presence.beat(nodeId, mine.slice(i, i + 200));
    }
    await Promise.all(ids.map((id) => stores.matching.renew(id)));
  }
  const beats = setInterval(() => void beat().catch(caught), beatMs);
  const ticks = setInterval(() => void stores.matching.tick().catch(caught), TICK_MS);
  return () => {
    clearInterval(beats);
    clearInterval(ticks);
  };
}

/** The waits of all matches that were told, ms; each inbox keeps about 10,000 entries. */
async function waitsOf(redis: Redis): Promise<number[]> {
  const inboxes = await Promise.all(NODES.map((id) => redis.xrange(key("inbox", id), "-", "+")));
  const found = inboxes.flat().filter(([, fields]) => fields[1] === "found");
  return found.map(([, fields]) => Number(fields[fields.indexOf("waited") + 1]));
}

async function match({ redisUrl, searching, guests, ...watch }: MatchesPlan) {
  const redis = new Redis(redisUrl);
  const settings = { NODE_ENV: "test", MATCH_WIDEN_MS: `${HOUR_MS},${2 * HOUR_MS}` };
  const stores = createStores({ redis, config: loadConfig(settings) });
  await Promise.all(NODES.map((id) => redis.xadd(key("inbox", id), "MAXLEN", 0, "*", "op", "open")));
  const ids: string[] = [];
  const stop = keepUp(stores, ids);
  await eachOf(Array.from({ length: searching + guests }), 500, async (_, n) => {
    const { user } = await stores.sessions.create({ username: `bench_${n}` });
    await stores.presence.open(user.id, nodeOf(n));
    ids[n] = user.id;
  });
  await eachOf(ids.slice(0, searching), IN_FLIGHT, (id, n) =>
    stores.matching.join(id, nodeOf(n), { interests: [`alone with ${n}`] }),
  );
  const micros = watchCpu(watch);
  const started = performance.now();
  await eachOf(ids.slice(searching), IN_FLIGHT, (id, n) => stores.matching.join(id, nodeOf(n), wishes(n)));
  const seconds = (performance.now() - started) / 1_000;
  const waits = await waitsOf(redis);
  const { redisMicros } = micros(waits.length / 2);
  const still = await redis.zcount(key("queueLease"), Date.now(), "+inf");
  stop();
  redis.disconnect();
  if (still < searching) throw new Error(`${searching - still} of those who hold out have lost their place`);
  return { perSecond: Math.round(waits.length / 2 / seconds), redisMicros, waitP95Ms: quantile(waits, 0.95) };
}

const LIST = `local other = redis.call('LPOP', KEYS[1])
if not other then return redis.call('RPUSH', KEYS[1], ARGV[1]) and '' end
redis.call('HSET', KEYS[2], ARGV[1], other, other, ARGV[1])
redis.call('PUBLISH', 'found', ARGV[1] .. ' ' .. other)
return other`;

/** The peer: take the oldest of a list, or stand in it. No wishes, no leases; nobody is searching when it begins. */
async function list({ redisUrl, guests, ...watch }: MatchesPlan) {
  const redis = new Redis(redisUrl, { scripts: { pair: { lua: LIST, numberOfKeys: 2 } } });
  const { pair } = redis as unknown as { pair: (...args: string[]) => Promise<string> };
  const ids = Array.from({ length: guests }, (_, n) => `usr_bench_${n}`);
  let matches = 0;
  const micros = watchCpu(watch);
  const started = performance.now();
  await eachOf(ids, IN_FLIGHT, async (id) => {
    if (await pair.call(redis, "queue", "pairs", id)) matches += 1;
  });
  const seconds = (performance.now() - started) / 1_000;
  redis.disconnect();
  return { perSecond: Math.round(matches / seconds), redisMicros: micros(matches).redisMicros };
}

serveJobs({ match, list });

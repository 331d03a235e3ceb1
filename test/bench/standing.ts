/** A queue of ours that stays full: guests who hold out in it, and what nodes would do by the clock for them. */
import { Redis } from "ioredis";
import { loadConfig } from "../../shared/config.ts";
import { createStores, type Stores } from "../../shared/stores/index.ts";
import { key } from "../../shared/stores/keys.ts";
import { beatMs } from "../../shared/stores/leases.ts";
import { eachOf } from "./lanes.ts";

const HOUR_MS = 3_600_000;
/** For all who match: those who hold out do so for the hour. */
export const unwidened = { MATCH_WIDEN_MS: `${HOUR_MS},${2 * HOUR_MS}` };

const NODES = ["node_bench000000000a", "node_bench000000000b", "node_bench000000000c", "node_bench000000000d"];
const TICK_MS = 500;
export const IN_FLIGHT = 64;
export const nodeOf = (n: number) => NODES[n % NODES.length]!;

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

export interface Queue extends Disposable {
  stores: Stores;
  /** That many more guests, online at nodes that are none. @returns their ids */
  come: (count: number) => Promise<string[]>;
  /** Of all matches that were told to these nodes, ms; each inbox keeps about 10,000 entries. */
  waitsMs: () => Promise<number[]>;
  /** How many stand in it. */
  length: () => Promise<number>;
}

/** @param searching guests who stand in it all the while: each alone with their interest */
export async function startQueue(redisUrl: string, searching: number): Promise<Queue> {
  const redis = new Redis(redisUrl);
  const stores = createStores({ redis, config: loadConfig({ NODE_ENV: "test", ...unwidened }) });
  await Promise.all(NODES.map((id) => redis.xadd(key("inbox", id), "MAXLEN", 0, "*", "op", "open")));
  const ids: string[] = [];
  const stop = keepUp(stores, ids);

  async function come(count: number): Promise<string[]> {
    const from = ids.length;
    const names = Array.from({ length: count }, (_, i) => from + i);
    await eachOf(names, 500, async (n) => {
      const { user } = await stores.sessions.create({ username: `bench_${n}` });
      await stores.presence.open(user.id, nodeOf(n));
      ids[n] = user.id;
    });
    return ids.slice(from);
  }
  const first = await come(searching);
  await eachOf(first, IN_FLIGHT, (id, n) => stores.matching.join(id, nodeOf(n), { interests: [`alone with ${n}`] }));

  return {
    stores,
    come,
    async waitsMs() {
      const inboxes = await Promise.all(NODES.map((id) => redis.xrange(key("inbox", id), "-", "+")));
      const found = inboxes.flat().filter(([, fields]) => fields[1] === "found");
      return found.map(([, fields]) => Number(fields[fields.indexOf("waited") + 1]));
    },
    length: () => redis.zcount(key("queueLease"), Date.now(), "+inf"),
    [Symbol.dispose]() {
      stop();
      redis.disconnect();
    },
  };
}

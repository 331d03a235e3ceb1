/** Pair messages across two nodes: throughput when both cores are full, latency, CPU per message. */
import type { Redis } from "ioredis";
import type { PairPlan, PairResult } from "./load.ts";
import { cpuSeconds, heard, start } from "./processes.ts";
import type { Side } from "./sides.ts";

export interface PairFigures extends PairResult {
  nodeMicros: number;
  redisMicros: number;
}

const picks = (word: string) => (message: unknown) => (message === word ? true : undefined);

export async function measurePairs(
  side: Side,
  redis: Redis,
  options: { pairs: number; window: number; warmMs: number; forMs: number },
): Promise<PairFigures> {
  const auths = await side.auths(2 * options.pairs);
  const pairs = Array.from({ length: options.pairs }, (_, i) => [auths[2 * i]!, auths[2 * i + 1]!] as [object, object]);
  const plan: PairPlan = {
    ports: [side.ports[0]!, side.ports[1] ?? side.ports[0]!],
    pairs,
    match: side.match,
    window: options.window,
    warmMs: options.warmMs,
    forMs: options.forMs,
  };
  await using load = start("load.ts");
  const redisPid = Number(/^process_id:(\d+)/m.exec(await redis.info("server"))![1]);
  const cpu = () => ({
    nodes: side.nodes.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0),
    redis: cpuSeconds(redisPid),
  });
  load.child.send({ kind: "talk", plan });
  await heard(load.child, picks("measure"));
  const before = cpu();
  await heard(load.child, picks("measured"));
  const after = cpu();
  const result = await heard(load.child, (message) => (message as { result?: PairResult }).result);
  const messages = (result.perSecond * options.forMs) / 1000;
  const micros = (seconds: number) => Math.round((seconds * 1e6) / messages);
  return { ...result, nodeMicros: micros(after.nodes - before.nodes), redisMicros: micros(after.redis - before.redis) };
}

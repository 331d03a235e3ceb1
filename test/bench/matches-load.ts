/** Guests who join the queue, over sockets or at the store, while many others stand in it and hold out. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Wishes } from "../../shared/protocol/index.ts";
import { serveJobs } from "./jobs.ts";
import { eachOf } from "./lanes.ts";
import { listOf } from "./list.ts";
import { quantile } from "./numbers.ts";
import { watchCpu, type Watched } from "./proc.ts";
import { IN_FLIGHT, nodeOf, type Queue, startQueue } from "./standing.ts";
import { connectMany, type Many, type WireClient } from "./wire.ts";

export interface MatchesPlan extends Watched {
  redisUrl: string;
  /** Who stand in the queue all the while. */
  searching: number;
  /** Who come to the store and are matched; up to 40,000, so that no inbox drops what it was told. */
  guests: number;
}

const LANGUAGES = ["en", "es", "hi", "ar", "pt"];
/** Nobody is told of a match for so long: all are who will be. */
const QUIET_MS = 500;

/** Half take anyone, a quarter has a language, a quarter holds out for one of forty interests. */
function wishes(n: number): Wishes {
  if (n % 4 === 1) return { language: LANGUAGES[n % 5] };
  if (n % 4 === 3) return { interests: [`interest ${(n * 7919) % 40}`, `interest ${(n * 104_729) % 40}`] };
  return {};
}

let queue: Queue;

async function search({ redisUrl, searching }: MatchesPlan): Promise<void> {
  queue = await startQueue(redisUrl, searching);
}

/** Over sockets: from asking until told, each guest by themself. */
async function meet(many: Many) {
  const { clients } = await connectMany(many);
  const asked: number[] = [];
  const waits: number[] = [];
  let last = performance.now();
  for (const [n, client] of clients.entries())
    client.on("match:found", () => {
      last = performance.now();
      waits.push(last - asked[n]!);
    });
  const started = performance.now();
  const join = (client: WireClient, n: number) =>
    new Promise<void>((resolve, reject) => {
      asked[n] = performance.now();
      client.emit("match:join", wishes(n), (answer) =>
        answer.ok ? resolve() : reject(new Error(JSON.stringify(answer))),
      );
    });
  await eachOf(clients, IN_FLIGHT, join);
  while (performance.now() - last < QUIET_MS) await sleep(10);
  clients.forEach((client) => client.close());
  const seconds = (last - started) / 1_000;
  return { overSocketsPerSecond: Math.round(waits.length / 2 / seconds), overSocketsP95Ms: quantile(waits, 0.95) };
}

/** At the store, over one connection. */
async function match({ searching, guests, ...watch }: MatchesPlan) {
  using all = queue;
  const { matching } = all.stores;
  const ids = await all.come(guests);
  const micros = watchCpu(watch);
  const started = performance.now();
  await eachOf(ids, IN_FLIGHT, (id, n) => matching.join(id, nodeOf(searching + n), wishes(n)));
  const seconds = (performance.now() - started) / 1_000;
  const waits = await all.waitsMs();
  const { redisMicros } = micros(waits.length / 2);
  const lost = searching - (await all.length());
  if (lost > 0) throw new Error(`${lost} of those who hold out have lost their place`);
  return { perSecond: Math.round(waits.length / 2 / seconds), redisMicros, waitP95Ms: quantile(waits, 0.95) };
}

/** The peer at the store. */
async function list({ redisUrl, guests, ...watch }: MatchesPlan) {
  using queue = listOf(redisUrl);
  const joined = new Map<string, number>();
  const waits: number[] = [];
  const micros = watchCpu(watch);
  const started = performance.now();
  const join = async (id: string) => {
    joined.set(id, performance.now());
    const other = await queue.take(id);
    for (const one of other ? [id, other] : []) waits.push(performance.now() - joined.get(one)!);
  };
  await eachOf(
    Array.from({ length: guests }, (_, n) => `usr_bench_${n}`),
    IN_FLIGHT,
    join,
  );
  const seconds = (performance.now() - started) / 1_000;
  const matches = waits.length / 2;
  const { redisMicros } = micros(matches);
  return { perSecond: Math.round(matches / seconds), redisMicros, waitP95Ms: quantile(waits, 0.95) };
}

serveJobs({ search, meet, match, list });

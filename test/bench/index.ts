/** `npm run bench`: us beside bare Socket.IO with the same adapter, in the same run, rounds interleaved, medians. */
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { startRedis } from "../../local/redis.ts";
import { type CrowdFigures, measureCrowd } from "./crowd.ts";
import { measureFunctions } from "./functions.ts";
import { measureIdle } from "./idle.ts";
import { measureMatches } from "./matches.ts";
import { measurePairs, type PairFigures } from "./pairs.ts";
import { median } from "./median.ts";
import { type Side, startPasserby, startPeer } from "./sides.ts";

const quick = process.argv.includes("--quick");
const only = process.argv.slice(2).filter((word) => !word.startsWith("-"));
const wants = (question: string) => only.length === 0 || only.includes(question);
const rounds = quick ? 1 : 3;
const pairOptions = { pairs: 200, window: 1, warmMs: quick ? 1_500 : 3_000, forMs: quick ? 4_000 : 8_000 };
const crowdOptions = { members: 999, perSecond: 20, forMs: quick ? 5_000 : 10_000 };
const connections = quick ? 2_000 : 5_000;

const dir = await mkdtemp(join(tmpdir(), "passerby-bench-"));
const server = await startRedis({ dir, databases: 16 });
const redis = new Redis(server.url);
const us = (count: number) => startPasserby(`${server.url}/1`, count);
const peer = (count: number) => startPeer("adapter", `${server.url}/2`, count);

/** Each side by itself, taking turns; the machine's mood then falls on both. */
async function rounded<T>(measure: (side: Side) => Promise<T>, count: number): Promise<{ us: T[]; peer: T[] }> {
  const results: { us: T[]; peer: T[] } = { us: [], peer: [] };
  for (let round = 0; round < rounds; round++) {
    for (const [who, begin] of [
      ["peer", peer],
      ["us", us],
    ] as const) {
      await redis.flushall();
      await using side = await begin(count);
      results[who].push(await measure(side));
    }
  }
  return results;
}

const version = /redis_version:(\S+)/.exec(await redis.info("server"))![1];
console.log(
  `${cpus().length} × ${cpus()[0]!.model}, Node ${process.version}, Redis ${version}, ${rounds} round(s), medians\n`,
);
const rows: Record<string, string | number>[] = [];

if (wants("pairs")) {
  const { us: ours, peer: theirs } = await rounded((side) => measurePairs(side, redis, pairOptions), 2);
  const pick = (list: PairFigures[], field: keyof PairFigures) => median(list.map((figures) => figures[field]));
  for (const [field, what] of [
    ["perSecond", "pair messages a second, two nodes, both cores full"],
    ["p50Ms", "… p50, ms"],
    ["p99Ms", "… p99, ms"],
    ["nodeMicros", "… node CPU, µs a message"],
    ["redisMicros", "… Redis CPU, µs a message"],
  ] as const) {
    const [mine, other] = [pick(ours, field), pick(theirs, field)];
    rows.push({ what, Passerby: mine, "Socket.IO + adapter": other, ratio: Math.round((mine / other) * 100) / 100 });
  }
}
if (wants("room")) {
  const { us: ours, peer: theirs } = await rounded((side) => measureCrowd(side, redis, crowdOptions), 2);
  const pick = (list: CrowdFigures[], field: keyof CrowdFigures) => median(list.map((figures) => figures[field]));
  for (const [field, what] of [
    ["nodeMicros", "a room of 999 on two nodes: node CPU, µs a message"],
    ["redisMicros", "… Redis CPU, µs a message"],
    ["p50Ms", "… p50, ms"],
    ["p99Ms", "… p99, ms"],
    ["heardShare", "… heard, of all that should be"],
  ] as const) {
    const [mine, other] = [pick(ours, field), pick(theirs, field)];
    rows.push({ what, Passerby: mine, "Socket.IO + adapter": other, ratio: Math.round((mine / other) * 100) / 100 });
  }
}
if (wants("idle")) {
  const { us: ours, peer: theirs } = await rounded((side) => measureIdle(side, connections), 1);
  const [mine, other] = [median(ours), median(theirs)];
  rows.push({
    what: `RSS of an idle connection, KiB (${connections})`,
    Passerby: mine,
    "Socket.IO + adapter": other,
    ratio: Math.round((mine / other) * 100) / 100,
  });
}
if (wants("matches")) {
  const { matchesPerSecond, waitP95Ms } = await measureMatches(`${server.url}/3`);
  rows.push({ what: "matches a second, at the store", Passerby: matchesPerSecond });
  rows.push({ what: "… wait p95, ms", Passerby: waitP95Ms });
}
console.table(rows);
if (wants("functions")) {
  const { empty, ...ours } = await measureFunctions(`${server.url}/4`, quick ? 7 : 15, quick ? 300 : 1_000);
  const round = (value: number, digits: number) => Number(value.toFixed(digits));
  console.table(
    Object.entries(ours).flatMap(([name, { coldMs, warmMs }]) => [
      {
        what: `${name}, cold: load and first answer, ms`,
        Passerby: round(coldMs, 1),
        "empty Express": round(empty.coldMs, 1),
        ratio: round(coldMs / empty.coldMs, 2),
      },
      {
        what: `${name}, warm, ms`,
        Passerby: round(warmMs, 3),
        "empty Express": round(empty.warmMs, 3),
        ratio: round(warmMs / empty.warmMs, 2),
      },
    ]),
  );
}
redis.disconnect();
await server[Symbol.asyncDispose]();
await rm(dir, { recursive: true, force: true });
process.exit(0);

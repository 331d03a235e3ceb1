/** `npm run bench -- [--quick] [--prof] [--heap-prof] [pairs growth …]`: us beside what people would use instead, in the same run. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { Redis } from "ioredis";
import { startRedis } from "../../local/redis.ts";
import { bundleProcesses, resultsDir } from "./bundle.ts";
import { connect } from "./connect.ts";
import { functions } from "./functions.ts";
import { growth } from "./growth.ts";
import { idle } from "./idle.ts";
import { matches } from "./matches.ts";
import { page } from "./page.ts";
import { lateBy } from "./numbers.ts";
import { pairs } from "./pairs.ts";
import { plot } from "./plot.ts";
import { profiling } from "./processes.ts";
import type { Bench } from "./question.ts";
import { room } from "./room.ts";
import { answer } from "./rounds.ts";
import { storm } from "./storm.ts";
import { table } from "./table.ts";
import { uploads } from "./uploads.ts";

const asks = { pairs, growth, room, idle, connect, matches, storm, functions, uploads, page };

const started = performance.now();
const words = process.argv.slice(2);
const flags = ["--quick", "--prof", "--heap-prof"];
const unknown = words.filter((word) => !flags.includes(word) && !(word in asks));
if (unknown.length > 0) {
  const known = [...flags, ...Object.keys(asks)].map((word) => `[${word}]`);
  console.error(`npm run bench -- ${known.join(" ")}, but not: ${unknown.join(" ")}`);
  process.exit(2);
}
const quick = words.includes("--quick");
const wanted = words.filter((word) => word in asks);

const dir = await mkdtemp(join(tmpdir(), "passerby-bench-"));
const server = await startRedis({ dir });
const redis = new Redis(server.url);
const info = await redis.info("server");
const [redisVersion, redisPid] = ["redis_version", "process_id"].map(
  (name) => RegExp(`^${name}:(\\S+)`, "m").exec(info)![1]!,
);
const bench: Bench = { quick, redisUrl: server.url, redis, redisPid: Number(redisPid) };
try {
  const version = async (name: string) =>
    (JSON.parse(await readFile(`node_modules/${name}/package.json`, "utf8")) as { version: string }).version;
  const machine = [
    `${cpus().length} × ${cpus()[0]!.model}, Node ${process.version}, Redis ${redisVersion}`,
    `socket.io ${await version("socket.io")}, streams adapter ${await version("@socket.io/redis-streams-adapter")}`,
    quick ? "1 round" : "medians of 3 rounds",
  ].join(", ");
  console.log(`${machine}\n`);

  await bundleProcesses();
  await mkdir(resultsDir, { recursive: true });
  await rm(join(resultsDir, "profiles"), { recursive: true, force: true });
  for (const [name, ask] of Object.entries(asks)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    try {
      const question = ask(bench);
      const answered = await answer(question, bench);
      console.log(`${table(answered)}\n`);
      const { title, rows, sides } = question;
      const medians = Object.fromEntries(sides.map((side, n) => [side.name, answered.medians[n]]));
      const ratios = Object.fromEntries(sides.map((side, n) => [side.name, answered.ratios[n]]));
      const told = { name, title, machine, quick, rows, medians, ratios, measurements: answered.measurements };
      await writeFile(join(resultsDir, `${name}.json`), `${JSON.stringify(told, null, 2)}\n`);
      await writeFile(join(resultsDir, `${name}.svg`), plot(answered, machine));
    } catch (error) {
      console.error(`${name}: not measured:`, error, "\n");
      process.exitCode = 1; // the others are
    }
  }
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`${seconds} s; every round and a plot of each question: ${relative(".", resultsDir)}/`);
  const late = profiling ? 0 : lateBy(seconds, { quick, some: wanted.length > 0 });
  if (late > 0) {
    console.error(`${late} s more than ${quick ? "a quick" : "a whole"} run may take on two cores`);
    process.exitCode = 1;
  }
} finally {
  redis.disconnect();
  await server[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
}
process.exit();

/** The bench's own arithmetic: rounds take turns, medians, ratios, table and plot say what was measured. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { watchFamily } from "./bench/family.ts";
import { lateBy, median, quantile, short } from "./bench/numbers.ts";
import { lostOf } from "./bench/pairs.ts";
import { plot } from "./bench/plot.ts";
import { cpuSeconds, machineSeconds } from "./bench/proc.ts";
import type { Question } from "./bench/question.ts";
import { answer, type Measurement } from "./bench/rounds.ts";
import { table } from "./bench/table.ts";
import { freshRedisUrl } from "./support/redis.ts";
import { until } from "./support/until.ts";

/** Says these figures, one a round. */
function saying(name: string, perSecond: number[], asked: string[]) {
  const left = [...perSecond];
  return {
    name,
    measure: async () => {
      asked.push(name);
      return { perSecond: left.shift()!, ...(name === "us" && { extraMs: 7 }) };
    },
  };
}

async function answered() {
  const asked: string[] = [];
  const question: Question = {
    name: "pace",
    title: "Pace & <rest>",
    rows: [
      { figure: "perSecond", what: "steps a second", better: "more" },
      { figure: "extraMs", what: "only ours, ms", better: "less" },
    ],
    sides: [saying("us", [300, 400, 100], asked), saying("peer", [100, 200, 400], asked)],
  };
  const redisUrl = await freshRedisUrl();
  const redis = new Redis(redisUrl);
  const redisPid = Number(/^process_id:(\d+)/m.exec(await redis.info("server"))![1]);
  const answers = await answer(question, { quick: false, redisUrl, redis, redisPid });
  redis.disconnect();
  return { asked, ...answers };
}

test("three rounds, each begun by another side; medians; our ratio to each peer; what a side does not give is left empty", async () => {
  const { asked, ...answers } = await answered();
  expect(asked).toEqual(["us", "peer", "peer", "us", "us", "peer"]);
  expect(answers.medians).toEqual([{ perSecond: 300, extraMs: 7 }, { perSecond: 200 }]);
  const [head, pace, extra, noise] = table(answers).split("\n");
  expect(head).toMatch(/^pace: Pace & <rest> +us +peer$/);
  expect(pace).toMatch(/^↑ steps a second +300 +200 +2 ×$/);
  expect(extra).toMatch(/^↓ only ours, ms +7 +–$/);
  expect(noise).toMatch(/other programs: up to \d+ %/);
  for (const { processes } of answers.measurements)
    expect(processes.map(({ name }) => name)).toEqual(expect.arrayContaining(["redis-server", "forks.js"]));
});

test("the plot is an SVG whose bars are as long as their figures", async () => {
  const svg = plot(await answered(), "2 × CPU");
  const bars = [...svg.matchAll(/<rect x="\d+" y="[\d.]+" width="([\d.]+)" height="15"/g)].map(([, width]) =>
    Number(width),
  );
  expect(bars).toHaveLength(3);
  expect(bars[1]! / bars[0]!).toBeCloseTo(2 / 3, 2);
  expect(svg).toContain("Pace &amp; &lt;rest>");
  expect(svg).toContain("200 (we: 2 ×)");
});

test("medians and quantiles, and figures in as many digits as say something", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1])).toBe(2.5);
  expect(quantile([3, 1, 2], 0.5)).toBe(2);
  expect([quantile([3, 1, 2], 1), quantile([], 0.5)]).toEqual([3, 0]);
  expect([0.0449, 4.567, 45.67, 4567.8].map(short)).toEqual(["0.04", "4.57", "45.7", "4568"]);
});

/** A process that tells its pid and its child's, both of which then use that much CPU. */
async function startTwo(busyMs: number): Promise<ChildProcess & { pids: number[] }> {
  const busy = `const until = process.cpuUsage().user + ${busyMs * 1000}; while (process.cpuUsage().user < until);`;
  const below = `process.stdout.write(process.pid + "\\n"); ${busy} setTimeout(() => {}, 60_000);`;
  const above = `process.stdout.write(process.pid + "\\n"); require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(below)}], { stdio: "inherit" }); ${busy}`;
  const child = spawn(process.execPath, ["-e", above], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (data: Buffer) => (said += data.toString()));
  await until("both are there", () => said.split("\n").length === 3);
  return Object.assign(child, { pids: said.trim().split("\n").map(Number) });
}

test("what is below us counts as ours: while it runs, and once it has ended without anybody taking note", async () => {
  using family = watchFamily([process.pid]);
  const [machine, own] = [machineSeconds(), cpuSeconds(process.pid)];
  const child = await startTwo(600);
  const of = (pid: number) => family.used().processes.find((one) => one.pid === pid)?.cpuSeconds ?? 0;
  await until("both have used theirs", () => child.pids.every((pid) => of(pid) >= 0.6));
  const both = () => family.used().seconds - (cpuSeconds(process.pid) - own);
  expect(both()).toBeGreaterThan(1.1);
  // The child goes first: then nobody of ours waits for its own child.
  child.kill("SIGKILL");
  await once(child, "exit");
  process.kill(child.pids[1]!, "SIGKILL");
  expect(both()).toBeGreaterThan(1.1);
  expect(both()).toBeLessThan(machineSeconds() - machine + 0.2);
});

test("a message of ours that is never heard ends the question; one of a peer is told", () => {
  const talks = [
    { sent: 9, heard: 9 },
    { sent: 5, heard: 4 },
  ];
  expect(lostOf(talks, false)).toBe(1);
  expect(() => lostOf(talks, true)).toThrow("1 of 14 messages were never heard");
  expect(lostOf(talks.slice(0, 1), true)).toBe(0);
});

test("a whole run has ten minutes, a quick one a minute and a half, and what is asked for by name as long as it takes", () => {
  const tooLong = (seconds: number, words: { quick?: boolean; some?: boolean }) =>
    lateBy(seconds, { quick: false, some: false, ...words });
  expect([600, 601].map((seconds) => tooLong(seconds, {}))).toEqual([0, 1]);
  expect([90, 95].map((seconds) => tooLong(seconds, { quick: true }))).toEqual([0, 5]);
  expect(tooLong(1_000, { some: true })).toBe(0);
});

test("the smallest question is asked of nodes and peers that run, and answered in a table, a plot and every round", async () => {
  const env = { ...process.env, BENCH_FOLDER: "bench-of-tests" };
  const command = ["--import", "tsx", "test/bench/index.ts", "--quick", "uploads"];
  const { stdout } = await promisify(execFile)(process.execPath, command, { env });
  expect(stdout).toMatch(/^↑ whole uploads a second +[\d.]+ +[\d.]+ +[\d.]+ ×$/m);
  expect(stdout).toMatch(/^↓ sign: p50, ms +[\d.]+ +–$/m);
  expect(stdout).toMatch(/^\d+ s; every round and a plot of each question: dist\/bench-of-tests\/$/m);
  expect(await readFile("dist/bench-of-tests/uploads.svg", "utf8")).toContain("Express + busboy");
  const told = JSON.parse(await readFile("dist/bench-of-tests/uploads.json", "utf8")) as {
    measurements: Measurement[];
  };
  expect(told.measurements.map(({ side }) => side)).toEqual(["Passerby", "Express + busboy"]);
  const [ours] = told.measurements;
  expect(ours!.processes.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["uploads-load.ts", "uploads-us.ts", "redis-server", "index.ts"]),
  );
});

test("a question that is none is refused with those that are", async () => {
  const command = ["--import", "tsx", "test/bench/index.ts", "--quick", "pears"];
  await expect(promisify(execFile)(process.execPath, command)).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/\[--heap-prof\] \[pairs\].*but not: pears/) as string,
  });
});

test("CPU time is what the process itself says it used, and the machine's holds it", () => {
  const [machine, before, own] = [machineSeconds(), cpuSeconds(process.pid), process.cpuUsage()];
  const used = () => cpuSeconds(process.pid) - before;
  while (used() < 0.3);
  const { user, system } = process.cpuUsage(own);
  expect(Math.abs(used() - (user + system) / 1e6)).toBeLessThan(0.05);
  expect(machineSeconds() - machine).toBeGreaterThan(0.25);
});

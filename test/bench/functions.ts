/**
 * Functions, cold and warm, beside an empty Express behind serverless-http, bundled by esbuild and minified, and beside the same
 * with what our bundles leave out left out: a process each, as Lambda starts one.
 */
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { bundleFunction, bundleFunctions, bundling } from "../../local/bundle-functions.ts";
import { resultsDir } from "./bundle.ts";
import { median } from "./numbers.ts";
import { noteUsed, type Used } from "./processes.ts";
import type { Ask, Figures } from "./question.ts";
import { settings } from "./sides.ts";

const empty = `
import express from "express";
import serverless from "serverless-http";
const app = express();
app.get("/", (req, res) => res.json({ status: "ok" }));
export const handler = serverless(app);`;

/**
 * From the start of the code's loading to its first answer, what one more takes then, and what the first after a second of
 * silence takes. Its log goes nowhere.
 */
const measure = `
const [file, path, warm] = process.argv.slice(1);
const event = { version: "2.0", routeKey: "$default", rawPath: path, rawQueryString: "", headers: { host: "api", "x-forwarded-for": "192.0.2.1" },
  requestContext: { http: { method: "GET", path, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "" }, requestId: "1", stage: "$default" }, isBase64Encoded: false };
const cpuMs = (since) => { const { user, system } = process.cpuUsage(since); return (user + system) / 1000; };
const [from, cpuFrom] = [performance.now(), process.cpuUsage()];
const { handler } = await import(file);
const first = await handler(event, {});
const [coldMs, coldCpuMs] = [performance.now() - from, cpuMs(cpuFrom)];
if (first.statusCode !== 200) throw new Error(first.body);
for (let i = 0; i < Number(warm); i++) await handler(event, {});
const [warmFrom, warmCpuFrom] = [performance.now(), process.cpuUsage()];
for (let i = 0; i < Number(warm); i++) await handler(event, {});
const [warmMs, warmCpuMs] = [performance.now() - warmFrom, cpuMs(warmCpuFrom)].map((ms) => ms / Number(warm));
await new Promise((resolve) => setTimeout(resolve, 1_100));
const lateFrom = performance.now();
await handler(event, {});
const lateMs = performance.now() - lateFrom;
const said = { coldMs, coldCpuMs, warmMs, warmCpuMs, lateMs, pid: process.pid, cpuSeconds: cpuMs() / 1000 };
process.stderr.write("~" + JSON.stringify(said), () => process.exit(0));`;

const asked = { empty: "/", lean: "/", health: "/health", stats: "/api/stats" };
type Name = keyof typeof asked;
type Times = Record<"coldMs" | "coldCpuMs" | "warmMs" | "warmCpuMs" | "lateMs", number>;

export const functions: Ask = ({ quick, redisUrl }) => {
  const folder = join(resultsDir, "functions");
  let bundled: Promise<void> | undefined;

  async function bundle(): Promise<void> {
    await bundleFunctions(folder, ["health", "stats"]);
    const source = join(resultsDir, "empty");
    await mkdir(source, { recursive: true });
    await writeFile(join(source, "empty.js"), empty);
    const entry = join(source, "empty.js");
    await bundleFunction(entry, join(folder, "lean.mjs"));
    await build({ ...bundling, entryPoints: [entry], outfile: join(folder, "empty.mjs") });
  }

  /** Medians of a few starts, one after the other. */
  async function times(name: Name) {
    await (bundled ??= bundle());
    const env = { ...settings, REDIS_URL: redisUrl, PATH: process.env["PATH"] };
    const warm = quick ? 200 : 1_000;
    const all: Times[] = [];
    for (let n = 0; n < (quick ? 1 : 3); n++) {
      const args = ["--input-type=module", "-e", measure, join(folder, `${name}.mjs`), asked[name], String(warm)];
      const { stderr } = await promisify(execFile)(process.execPath, args, { env, maxBuffer: 1 << 28 });
      const { pid, cpuSeconds, ...times } = JSON.parse(stderr.slice(stderr.lastIndexOf("~") + 1)) as Times & Used;
      noteUsed({ name: `${name}.mjs`, pid, cpuSeconds });
      all.push(times);
    }
    const middle = (name: keyof Times) => median(all.map((times) => times[name]));
    return {
      coldMs: middle("coldMs"),
      coldCpuMs: middle("coldCpuMs"),
      warmMs: middle("warmMs"),
      warmCpuMs: middle("warmCpuMs"),
      lateMs: middle("lateMs"),
    };
  }

  async function measureAs(health: Name, stats: Name): Promise<Figures> {
    const one = await times(health);
    const other = stats === health ? one : await times(stats);
    return {
      healthColdMs: one.coldMs,
      healthColdCpuMs: one.coldCpuMs,
      healthWarmMs: one.warmMs,
      healthWarmCpuMs: one.warmCpuMs,
      statsColdMs: other.coldMs,
      statsColdCpuMs: other.coldCpuMs,
      statsWarmMs: other.warmMs,
      statsWarmCpuMs: other.warmCpuMs,
      statsLateMs: other.lateMs,
    };
  }

  return {
    name: "functions",
    title: "Functions, bundled, a process each",
    rows: [
      { figure: "healthColdMs", what: "/health, cold: load and first answer, ms", better: "less" },
      { figure: "healthColdCpuMs", what: "… the process' CPU, ms", better: "less" },
      { figure: "healthWarmMs", what: "… warm, ms", better: "less" },
      { figure: "healthWarmCpuMs", what: "… the process' CPU, ms", better: "less" },
      { figure: "statsColdMs", what: "/api/stats, cold, ms", better: "less" },
      { figure: "statsColdCpuMs", what: "… the process' CPU, ms", better: "less" },
      { figure: "statsWarmMs", what: "… warm, ms", better: "less" },
      { figure: "statsWarmCpuMs", what: "… the process' CPU, ms", better: "less" },
      { figure: "statsLateMs", what: "… the first after a second of silence, ms", better: "less" },
    ],
    sides: [
      { name: "Passerby", measure: () => measureAs("health", "stats") },
      { name: "empty Express", measure: () => measureAs("empty", "empty") },
      { name: "… bundled as ours", measure: () => measureAs("lean", "lean") },
    ],
  };
};

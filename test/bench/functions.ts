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
const from = performance.now();
const { handler } = await import(file);
const first = await handler(event, {});
const coldMs = performance.now() - from;
if (first.statusCode !== 200) throw new Error(first.body);
for (let i = 0; i < Number(warm); i++) await handler(event, {});
const warmFrom = performance.now();
for (let i = 0; i < Number(warm); i++) await handler(event, {});
const warmMs = (performance.now() - warmFrom) / Number(warm);
await new Promise((resolve) => setTimeout(resolve, 1_100));
const lateFrom = performance.now();
await handler(event, {});
const lateMs = performance.now() - lateFrom;
process.stderr.write("~" + JSON.stringify({ coldMs, warmMs, lateMs }), () => process.exit(0));`;

const asked = { empty: "/", lean: "/", health: "/health", stats: "/api/stats" };
type Name = keyof typeof asked;

export const functions: Ask = ({ quick, redisUrl }) => {
  const folder = join(resultsDir, "functions");
  let bundled: Promise<void> | undefined;

  async function bundle(): Promise<void> {
    await bundleFunctions(folder);
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
    const [starts, warm] = quick ? [3, 200] : [5, 1_000];
    const all: { coldMs: number; warmMs: number; lateMs: number }[] = [];
    for (let n = 0; n < starts; n++) {
      const args = ["--input-type=module", "-e", measure, join(folder, `${name}.mjs`), asked[name], String(warm)];
      const { stderr } = await promisify(execFile)(process.execPath, args, { env, maxBuffer: 1 << 28 });
      all.push(JSON.parse(stderr.slice(stderr.lastIndexOf("~") + 1)) as (typeof all)[number]);
    }
    return {
      coldMs: median(all.map(({ coldMs }) => coldMs)),
      warmMs: median(all.map(({ warmMs }) => warmMs)),
      lateMs: median(all.map(({ lateMs }) => lateMs)),
    };
  }

  async function measureAs(health: Name, stats: Name): Promise<Figures> {
    const one = await times(health);
    const other = stats === health ? one : await times(stats);
    return {
      healthColdMs: one.coldMs,
      healthWarmMs: one.warmMs,
      statsColdMs: other.coldMs,
      statsWarmMs: other.warmMs,
      statsLateMs: other.lateMs,
    };
  }

  return {
    name: "functions",
    title: "Functions, bundled, a process each",
    rows: [
      { figure: "healthColdMs", what: "/health, cold: load and first answer, ms", better: "less" },
      { figure: "healthWarmMs", what: "… warm, ms", better: "less" },
      { figure: "statsColdMs", what: "/api/stats, cold, ms", better: "less" },
      { figure: "statsWarmMs", what: "… warm, ms", better: "less" },
      { figure: "statsLateMs", what: "… the first after a second of silence, ms", better: "less" },
    ],
    sides: [
      { name: "Passerby", measure: () => measureAs("health", "stats") },
      { name: "empty Express", measure: () => measureAs("empty", "empty") },
      { name: "… bundled as ours", measure: () => measureAs("lean", "lean") },
    ],
  };
};

/** Functions, cold and warm, beside an empty Express behind serverless-http: a process each, as Lambda starts one, taking turns. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bundleFunction, bundleFunctions } from "../../local/bundle-functions.ts";
import { median } from "./median.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

const empty = `
import express from "express";
import serverless from "serverless-http";
const app = express();
app.get("/", (req, res) => res.json({ status: "ok" }));
export const handler = serverless(app);`;

/** From the start of the code's loading to its first answer, and what one more takes then. Its log goes nowhere. */
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
process.stderr.write("~" + JSON.stringify({ coldMs, warmMs }), () => process.exit(0));`;

export interface FunctionFigures {
  coldMs: number;
  warmMs: number;
}
const asked = { empty: "/", health: "/health", stats: "/api/stats" };
type Name = keyof typeof asked;

/** @returns medians over `rounds` */
export async function measureFunctions(redisUrl: string, rounds: number, warm: number) {
  const folder = await mkdtemp(join(tmpdir(), "passerby-functions-"));
  try {
    await bundleFunctions(folder);
    const source = join(root, "dist", `bench-${process.pid}`);
    await mkdir(source, { recursive: true });
    await writeFile(join(source, "empty.js"), empty);
    await bundleFunction(join(source, "empty.js"), join(folder, "empty.mjs"));
    await rm(source, { recursive: true });
    const env = {
      NODE_ENV: "production",
      REDIS_URL: redisUrl,
      JWT_KEYS: `bench:${"x".repeat(32)}`,
      API_PER_15_MIN: "1000000000",
      PATH: process.env["PATH"],
    };
    const figures: Record<Name, FunctionFigures[]> = { empty: [], health: [], stats: [] };
    for (let round = 0; round < rounds; round++) {
      for (const name of Object.keys(asked) as Name[]) {
        const args = ["--input-type=module", "-e", measure, join(folder, `${name}.mjs`), asked[name], String(warm)];
        const { stderr } = await promisify(execFile)(process.execPath, args, { env, maxBuffer: 1 << 28 });
        figures[name].push(JSON.parse(stderr.slice(stderr.lastIndexOf("~") + 1)) as FunctionFigures);
      }
    }
    const of = (name: Name) => ({
      coldMs: median(figures[name].map(({ coldMs }) => coldMs)),
      warmMs: median(figures[name].map(({ warmMs }) => warmMs)),
    });
    return { empty: of("empty"), health: of("health"), stats: of("stats") };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

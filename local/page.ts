/** The browser's page: built by Vite at start, then served as a static site would serve it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import compression from "compression";
import express, { type Express } from "express";
import type { Config } from "../shared/config.ts";
import { security } from "../shared/middleware/security.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Builds web/ into a directory of this start's own, so that two starts do not pull files from under each other.
 * A process of its own: the bundler's memory is given back, and its NODE_ENV does not become ours.
 */
export async function buildPage(): Promise<{ dir: string } & AsyncDisposable> {
  const dir = await mkdtemp(join(tmpdir(), "passerby-page-"));
  await buildPageInto(dir);
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
}

/** Empties the directory first; removes it where the build fails. */
export async function buildPageInto(dir: string): Promise<void> {
  const vite = join(dirname(createRequire(import.meta.url).resolve("vite/package.json")), "bin/vite.js");
  const args = [vite, "build", "web", "--outDir", dir, "--emptyOutDir", "--logLevel", "error"];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, "exit")) as [number | null];
  if (code === 0) return;
  await rm(dir, { recursive: true, force: true });
  throw new Error(`The page could not be built:\n${output.trim()}`);
}

/** Hashed assets for ever, everything else asked again; a path without a file is the page itself. */
export function servePage(config: Config, dir: string): Express {
  const app = express().disable("x-powered-by");
  app.use(security(config, "page"));
  app.use(compression());
  app.use("/assets", express.static(join(dir, "assets"), { immutable: true, maxAge: "1y", index: false }));
  app.use("/assets", (_req, res) => void res.status(404).end());
  app.use(
    express.static(dir, { cacheControl: false, setHeaders: (res) => res.setHeader("Cache-Control", "no-cache") }),
  );
  app.get("/{*path}", (_req, res) => {
    res.setHeader("Cache-Control", "no-cache");
    res.sendFile("index.html", { root: dir, cacheControl: false });
  });
  app.use((_req, res) => void res.status(404).end());
  return app;
}

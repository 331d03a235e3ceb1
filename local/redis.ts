/** Finds a Redis: the one that REDIS_URL names, or a redis-server (or valkey-server) that is started on a private port. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join, resolve } from "node:path";
import { Redis } from "ioredis";
import { runChild, type Child } from "./child.ts";
import { freePort } from "./port.ts";
import { findProgram, installPackage } from "./programs.ts";

export interface LocalRedis extends AsyncDisposable {
  url: string;
  /** Resolves when a server that was started here ends without having been asked. */
  died: Promise<string>;
}

export interface RedisOptions {
  /** Use this one; start none. */
  url?: string | undefined;
  /** Where the started server keeps its data. */
  dir: string;
  port?: number;
  databases?: number;
  /** Append-only file, synced each second; off in tests. */
  durable?: boolean;
}

/** An append-only file is synced in far less. */
const STOP_MS = 3_000;

const findServer = () => findProgram("redis-server", "valkey-server");

function install(): string {
  const missing = "No Redis was found: install redis-server (or valkey-server), or set REDIS_URL";
  installPackage("redis-server", missing);
  const server = findServer();
  if (!server) throw new Error(missing);
  return server;
}

/** One inline command over a fresh connection; undefined where nobody answers. */
function ask(port: number, command: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(`${command}\r\n`));
    socket.setTimeout(500, () => socket.destroy());
    socket.once("data", (data) => {
      resolve(data.toString());
      socket.destroy();
    });
    socket.once("error", () => resolve(undefined)).once("close", () => resolve(undefined));
  });
}

/** The URL itself stays out of the line: it may hold a password. */
async function demandAnswer(url: string): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: 3_000, retryStrategy: () => null });
  let fault = "";
  redis.on("error", (error: Error) => (fault ||= error.message));
  try {
    await redis.ping();
  } catch (error) {
    throw new Error(`REDIS_URL does not answer (${fault || String(error)}); unset it and a Redis is started here`, {
      cause: error,
    });
  } finally {
    redis.disconnect();
  }
}

/** Two servers on one append-only file would ruin it, and a second `npm start` is easily typed. */
async function demandUnused(dir: string): Promise<void> {
  const file = join(dir, "port");
  const port = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  if (port > 0 && (await ask(port, "CONFIG GET dir"))?.includes(`${dir}\r\n`)) {
    throw new Error(`${dir} is in use by another Passerby; for example REDIS_URL=redis://127.0.0.1:${port} shares it`);
  }
}

async function untilAnswers(child: Child, port: number, output: () => string): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline;) {
    if (child.ended()) throw new Error(`Redis did not start: ${output().trim().split("\n").at(-1)}`);
    if ((await ask(port, "PING"))?.startsWith("+PONG")) return;
    await new Promise((next) => setTimeout(next, 20));
  }
  await child.stop(STOP_MS);
  throw new Error("Redis did not answer within 30 s");
}

/** @throws Error with one line for the operator */
export async function startRedis(options: RedisOptions): Promise<LocalRedis> {
  if (options.url) {
    await demandAnswer(options.url);
    return { url: options.url, died: new Promise(() => undefined), [Symbol.asyncDispose]: async () => undefined };
  }
  const server = findServer() ?? install();
  const port = options.port ?? (await freePort());
  const dir = resolve(options.dir);
  mkdirSync(dir, { recursive: true });
  if (options.durable) await demandUnused(dir);
  const settings = Object.entries({
    port,
    bind: "127.0.0.1",
    dir,
    save: "",
    appendonly: options.durable ? "yes" : "no",
    appendfsync: "everysec",
    "maxmemory-policy": "noeviction",
    databases: options.databases ?? 1,
  }).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = runChild([server, ...settings], { name: "Redis", output: "pipe" });
  let output = "";
  for (const stream of [child.process.stdout, child.process.stderr]) {
    stream?.on("data", (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4096)));
  }
  await untilAnswers(child, port, () => output);
  writeFileSync(join(dir, "port"), String(port));
  return {
    url: `redis://127.0.0.1:${port}`,
    died: child.died,
    [Symbol.asyncDispose]: () => child.stop(STOP_MS),
  };
}

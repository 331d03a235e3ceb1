/** Finds a Redis: the one that REDIS_URL names, or a redis-server (or valkey-server) that is started on a private port. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { delimiter, join, resolve } from "node:path";
import { freePort } from "./port.ts";

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

/**
 * Runs the server and ends it when our end of its stdin closes, so also when we are killed; in a process group of
 * its own, so that Ctrl-C reaches it through us, after those who still need it.
 */
const WATCH = `exec 3<&0; "$@" </dev/null & pid=$!; { cat <&3 >/dev/null; kill $pid 2>/dev/null; } & wait $pid`;

function findServer(): string | undefined {
  for (const directory of (process.env["PATH"] ?? "").split(delimiter)) {
    for (const name of ["redis-server", "valkey-server"]) {
      try {
        accessSync(join(directory, name), constants.X_OK);
        return join(directory, name);
      } catch {
        continue;
      }
    }
  }
  return undefined;
}

function install(): string {
  const missing = "No Redis was found: install redis-server (or valkey-server), or set REDIS_URL";
  const mayInstall = process.getuid?.() === 0 && spawnSync("apt-get", ["--version"]).status === 0;
  if (!mayInstall) throw new Error(missing);
  console.log("No Redis was found: installing Debian's redis-server with apt-get …");
  const options = { stdio: "inherit", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } } as const;
  execFileSync("apt-get", ["update"], options);
  execFileSync("apt-get", ["install", "-y", "--no-install-recommends", "redis-server"], options);
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

/** Two servers on one append-only file would ruin it, and a second `npm start` is easily typed. */
async function demandUnused(dir: string): Promise<void> {
  const file = join(dir, "port");
  const port = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  if (port > 0 && (await ask(port, "CONFIG GET dir"))?.includes(`${dir}\r\n`)) {
    throw new Error(`${dir} is in use by another Passerby; for example REDIS_URL=redis://127.0.0.1:${port} shares it`);
  }
}

async function untilAnswers(child: ChildProcess, port: number, output: () => string): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline;) {
    if (child.exitCode !== null) throw new Error(`Redis did not start: ${output().trim().split("\n").at(-1)}`);
    if ((await ask(port, "PING"))?.startsWith("+PONG")) return;
    await new Promise((next) => setTimeout(next, 20));
  }
  child.stdin?.end();
  throw new Error("Redis did not answer within 30 s");
}

/** @throws Error with one line for the operator */
export async function startRedis(options: RedisOptions): Promise<LocalRedis> {
  if (options.url) {
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
  const child = spawn("sh", ["-c", WATCH, "sh", server, ...settings], {
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4096)));
  }
  // The watcher still holds the pipes when the server ended by itself: our ends go, then so does it.
  const exited = once(child, "exit").finally(() => child.stdio.forEach((stream) => stream?.destroy()));
  let asked = false;
  await untilAnswers(child, port, () => output);
  writeFileSync(join(dir, "port"), String(port));
  return {
    url: `redis://127.0.0.1:${port}`,
    died: new Promise((resolve) => {
      void exited.then(() => asked || resolve("Redis ended"));
    }),
    async [Symbol.asyncDispose]() {
      asked = true;
      child.stdin.end();
      if (child.exitCode === null) await exited;
    },
  };
}

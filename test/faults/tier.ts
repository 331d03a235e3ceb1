/** Nodes as processes: each a primary with one worker on a port of its own, so that any of them may be killed. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { bundleSocketTier } from "../../local/bundle.ts";
import { freePort } from "../../local/port.ts";
import { begun, promised, until } from "../support/until.ts";

export interface TierProcess extends AsyncDisposable {
  port: number;
  child: ChildProcess;
  /** All that it has printed. */
  output(): string;
  /** The node's pid just now; undefined while there is none. */
  nodePid(): Promise<number | undefined>;
  nodePids(): Promise<number[]>;
  /** Every process of this tier that still runs, whoever its parent is. */
  running(): Promise<number[]>;
  /** The status of its answer; undefined where there is none within 2 s. */
  health(path: "/health" | "/health/ready"): Promise<number | undefined>;
  ready(withinMs?: number): Promise<void>;
  /** Ready for the first time, before anything is tried. */
  begun(): Promise<void>;
  /** The primary's exit code; null where a signal ended it. */
  exited: Promise<number | null>;
  /** Exit code and how long it took. */
  stop(signal?: NodeJS.Signals): Promise<{ code: number | null; ms: number }>;
}

let bundled: Promise<string> | undefined;

/** The socket tier as the container runs it, bundled once for this process; in the repository, where its packages are found. */
export function bundle(): Promise<string> {
  if (bundled) return bundled;
  const folder = join("dist", `test-${process.pid}`);
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  // A process that was killed has left its own behind.
  for (const name of existsSync("dist") ? readdirSync("dist") : []) {
    const pid = /^test-(\d+)$/.exec(name)?.[1];
    if (pid && !existsSync(`/proc/${pid}`)) rmSync(join("dist", name), { recursive: true, force: true });
  }
  return (bundled = bundleSocketTier(folder));
}

/** NODE_OPTIONS of a tier whose nodes do what FAULT says (inject.mjs). */
export const injecting = (fault: string) => ({
  FAULT: fault,
  NODE_OPTIONS: `--import ${new URL("inject.mjs", import.meta.url).href}`,
});

let tiers = 0;

/** @param entry the bundle's index.js */
export async function startTier(entry: string, env: Record<string, string>, at?: number): Promise<TierProcess> {
  const port = at ?? (await freePort());
  const mark = `PASSERBY_TIER=${process.pid}-${tiers++}.`;
  const [name, value] = mark.split("=") as [string, string];
  const child = spawn(process.execPath, ["--enable-source-maps", entry], {
    env: { ...process.env, WORKERS: "1", ...env, SOCKET_PORT: String(port), [name]: value },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const exited = once(child, "exit").then(([code]) => code as number | null);

  async function health(path: string): Promise<number | undefined> {
    const init = { signal: AbortSignal.timeout(promised(2_000)), headers: { connection: "close" } };
    return (await fetch(`http://127.0.0.1:${port}${path}`, init).catch(() => undefined))?.status;
  }

  const isReady = async () => (await health("/health/ready")) === 200;

  function withOutput(error: Error): never {
    throw new Error(`${error.message}\n${output.slice(-2_000)}`);
  }

  async function nodePids(): Promise<number[]> {
    const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").catch(() => "");
    return children.split(" ").map(Number).filter(Boolean);
  }

  return {
    port,
    child,
    output: () => output,
    exited,
    nodePids,
    nodePid: async () => (await nodePids())[0],
    health,
    async running() {
      const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
      const marked = await Promise.all(
        pids.map((pid) =>
          readFile(`/proc/${pid}/environ`, "utf8").then(
            (environ) => environ.includes(mark),
            () => false,
          ),
        ),
      );
      return pids.filter((_, i) => marked[i]).map(Number);
    },
    ready: async (withinMs = 30_000) => void (await until("a node is ready", isReady, withinMs).catch(withOutput)),
    begun: async () => void (await begun("a node is ready", isReady, 30_000).catch(withOutput)),
    async stop(signal = "SIGTERM") {
      const from = Date.now();
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      const code = await exited;
      return { code, ms: Date.now() - from };
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      const kill = setTimeout(() => child.kill("SIGKILL"), 8_000);
      await exited;
      clearTimeout(kill);
    },
  };
}

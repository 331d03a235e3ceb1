/** Nodes as processes: each a primary with one worker on a port of its own, so that any of them may be killed. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { bundleSocketTier } from "../../local/bundle.ts";
import { freePort } from "../../local/port.ts";
import { until } from "../support/until.ts";

export interface TierProcess extends AsyncDisposable {
  port: number;
  child: ChildProcess;
  /** All that it has printed. */
  output(): string;
  /** The node's pid just now; undefined while there is none. */
  nodePid(): Promise<number | undefined>;
  ready(withinMs?: number): Promise<void>;
  /** Exit code and how long it took. */
  stop(signal?: NodeJS.Signals): Promise<{ code: number | null; ms: number }>;
}

let bundled: Promise<string> | undefined;

/** The socket tier as the container runs it, bundled once for this process; in the repository, where its packages are found. */
export function bundle(): Promise<string> {
  if (bundled) return bundled;
  const folder = join("dist", `test-${process.pid}`);
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return (bundled = bundleSocketTier(folder));
}

/** @param entry the bundle's index.js */
export async function startTier(entry: string, env: Record<string, string>): Promise<TierProcess> {
  const port = await freePort();
  const child = spawn(process.execPath, ["--enable-source-maps", entry], {
    env: { ...process.env, WORKERS: "1", ...env, SOCKET_PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const exited = once(child, "exit") as Promise<[number | null]>;

  const health = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(2_000) }).catch(
      () => undefined,
    );
    return response;
  };

  return {
    port,
    child,
    output: () => output,
    async nodePid() {
      const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").catch(() => "");
      return Number(children.trim().split(" ")[0]) || undefined;
    },
    async ready(withinMs = 30_000) {
      await until("a node is ready", async () => (await health("/health/ready"))?.ok, withinMs).catch(
        (error: Error) => {
          throw new Error(`${error.message}\n${output.slice(-2_000)}`);
        },
      );
    },
    async stop(signal = "SIGTERM") {
      const from = Date.now();
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      const [code] = await exited;
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

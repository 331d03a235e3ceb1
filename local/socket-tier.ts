import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { runChild } from "./child.ts";

const START_MS = 30_000;
const root = fileURLToPath(new URL("..", import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

export interface LocalSocketTier extends AsyncDisposable {
  /** Resolves once a node can be joined; rejects with one line for the operator. */
  ready: Promise<void>;
  /** Resolves when it ends without having been asked. */
  died: Promise<string>;
}

async function isReady(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(1_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

/**
 * Runs the socket tier as the process it is in production. It logs where we do.
 * @param stopMs how long it may drain before it is killed
 */
export function startSocketTier(port: number, env: NodeJS.ProcessEnv, stopMs: number): LocalSocketTier {
  const command = [process.execPath, "--import", tsx, "socket-tier/index.ts"];
  const child = runChild(command, { name: "the socket tier", cwd: root, env, output: "inherit" });

  async function untilReady() {
    for (const deadline = Date.now() + START_MS; !(await isReady(port));) {
      if (child.ended()) throw new Error(`the socket tier ended at its start with ${child.process.exitCode}`);
      if (Date.now() > deadline) throw new Error(`the socket tier was not ready within ${START_MS / 1000} s`);
      await new Promise((next) => setTimeout(next, 50));
    }
  }
  const ready = untilReady();
  // Whoever stops us meanwhile does not wait for it.
  ready.catch(() => undefined);

  return { ready, died: child.died, [Symbol.asyncDispose]: () => child.stop(stopMs) };
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const START_MS = 30_000;
const root = fileURLToPath(new URL("..", import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

export interface LocalSocketTier extends AsyncDisposable {
  /** Resolves once every node is ready; rejects with one line for the operator. */
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
 * Runs the socket tier as the process it is in production.
 * A process group of its own: Ctrl-C reaches it through us, in order. It logs where we do.
 * @param stopMs how long it may drain before it is killed
 */
export function startSocketTier(port: number, env: NodeJS.ProcessEnv, stopMs: number): LocalSocketTier {
  const child = spawn(process.execPath, ["--import", tsx, "socket-tier/index.ts"], {
    cwd: root,
    env,
    // The channel closes when we die, however we do: the tier then drains by itself.
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    detached: true,
  });
  const exited = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  let asked = false;

  async function stop() {
    asked = true;
    if (ended()) return;
    child.kill("SIGTERM");
    const kill = setTimeout(() => process.kill(-child.pid!, "SIGKILL"), stopMs);
    await exited;
    clearTimeout(kill);
  }

  async function untilReady() {
    for (const deadline = Date.now() + START_MS; !(await isReady(port));) {
      if (ended()) throw new Error(`the socket tier ended at its start with ${child.exitCode ?? child.signalCode}`);
      if (Date.now() > deadline) throw new Error(`the socket tier was not ready within ${START_MS / 1000} s`);
      await new Promise((next) => setTimeout(next, 50));
    }
  }

  const ready = untilReady();
  // Whoever stops us meanwhile does not wait for it.
  ready.catch(() => undefined);

  return {
    ready,
    died: new Promise((resolve) => {
      void exited.then(([code, signal]) => asked || resolve(`the socket tier ended with ${code ?? signal}`));
    }),
    [Symbol.asyncDispose]: stop,
  };
}

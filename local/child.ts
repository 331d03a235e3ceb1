/** A program that runs beside us and never outlives us. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/**
 * Runs the program and asks it to stop (SIGTERM) when our end of stdin closes: by our will, or because we were killed.
 * The whole is a process group of its own, so that Ctrl-C reaches it through us, after those who still need it.
 */
const WATCH = `exec 3<&0; "$@" </dev/null & pid=$!; { cat <&3 >/dev/null; kill $pid 2>/dev/null; } & wait $pid`;

export interface ChildOptions {
  /** Of the line that says it died. */
  name: string;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Where it writes: `inherit` where we do, `pipe` for the caller to read. */
  output: "inherit" | "pipe";
}

export interface Child {
  process: ChildProcess;
  ended: () => boolean;
  /** Resolves, with a line for the operator, when it ends without having been asked. */
  died: Promise<string>;
  /** Resolves once it is gone; killed where it takes longer than that. */
  stop: (killAfterMs: number) => Promise<void>;
}

export function runChild(command: readonly string[], { name, cwd, env, output }: ChildOptions): Child {
  const child = spawn("sh", ["-c", WATCH, "sh", ...command], {
    cwd,
    env,
    stdio: ["pipe", output, output],
    detached: true,
  });
  // The watcher still holds the pipes when the program ended by itself: our ends go, then so does it.
  const exited = once(child, "exit").finally(() => {
    for (const stream of child.stdio) stream?.destroy();
  });
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  let asked = false;

  return {
    process: child,
    ended,
    died: new Promise((resolve) => {
      void exited.then(() => asked || resolve(`${name} ended with ${child.exitCode ?? child.signalCode}`));
    }),
    async stop(killAfterMs) {
      asked = true;
      if (ended()) return;
      child.stdin?.end();
      const kill = setTimeout(() => process.kill(-child.pid!, "SIGKILL"), killAfterMs);
      await exited;
      clearTimeout(kill);
    },
  };
}

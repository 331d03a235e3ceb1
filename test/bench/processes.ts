/** Starts the processes of a measurement and reads their CPU time from the OS. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const TICKS_PER_SECOND = 100;

/** CPU seconds a process has used, its threads included. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

export const rssBytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) * 1024;

export interface Running extends AsyncDisposable {
  child: ChildProcess;
  pid: number;
}

/** A module of this folder (or a path) as a process with an IPC channel. */
export function start(
  module: string,
  args: string[] = [],
  env: Record<string, string> = {},
  execArgv: string[] = [],
): Running {
  const path = module.startsWith("/") ? module : fileURLToPath(new URL(module, import.meta.url));
  const child = fork(path, args, {
    execArgv: [...(path.endsWith(".ts") ? ["--import", "tsx"] : []), ...execArgv],
    env: { ...process.env, ...env },
  });
  return {
    child,
    pid: child.pid!,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

/** Waits for the first message that `pick` likes. */
export function heard<T>(child: ChildProcess, pick: (message: unknown) => T | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const listen = (message: unknown) => {
      const found = pick(message);
      if (found === undefined) return;
      child.off("message", listen);
      resolve(found);
    };
    child.on("message", listen);
    child.once("exit", (code) => reject(new Error(`the process ended with ${code}`)));
  });
}

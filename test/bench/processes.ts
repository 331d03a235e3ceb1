/** Starts the processes of a measurement, asks them for jobs, keeps account of the CPU each has used. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { processPath, resultsDir } from "./bundle.ts";
import type { Done } from "./jobs.ts";
import { cpuSeconds } from "./proc.ts";

export interface Running extends AsyncDisposable {
  child: ChildProcess;
  pid: number;
}

export interface Used {
  name: string;
  pid: number;
  cpuSeconds: number;
}
const used: Used[] = [];
let started = 0;

/** Of a process that was started elsewhere and told what it used. */
export const noteUsed = (one: Used) => void used.push(one);

/** What the processes used that have ended since the last time this was asked. */
export const takeUsed = (): Used[] => used.splice(0);

/**
 * `--prof`, `--heap-prof`: every process leaves a profile of its CPU, or of what it allocated and kept, and ends by itself so that
 * it is written. The figures are then not to be compared.
 */
const profiles = ["cpu", "heap"].filter((kind) => process.argv.includes(kind === "cpu" ? "--prof" : "--heap-prof"));
export const profiling = profiles.length > 0;

const profiled = (name: string) =>
  profiles.flatMap((kind) => [
    `--${kind}-prof`,
    `--${kind}-prof-dir=${join(resultsDir, "profiles")}`,
    `--${kind}-prof-name=${name}-${Date.now()}-${started++}.${kind}profile`,
  ]);

/** @param name of a process of this folder: `peer.ts` */
export function start(
  name: string,
  args: string[] = [],
  env: Record<string, string> = {},
  execArgv: string[] = [],
): Running {
  const child = fork(processPath(name), args, {
    execArgv: [...execArgv, ...profiled(name)],
    env: { ...process.env, ...env },
  });
  const pid = child.pid!;
  return {
    child,
    pid,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      noteUsed({ name, pid, cpuSeconds: cpuSeconds(pid) });
      if (profiling) child.disconnect();
      else child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

/** Waits for the first message that `pick` likes. */
export function heard<T>({ child }: Running, pick: (message: unknown) => T | undefined, withinMs = 120_000) {
  return new Promise<T>((resolve, reject) => {
    const listen = (message: unknown) => {
      try {
        const found = pick(message);
        if (found === undefined) return;
        stop();
        resolve(found);
      } catch (error) {
        fail(error as Error);
      }
    };
    const fail = (error: Error) => {
      stop();
      reject(error);
    };
    const late = setTimeout(() => fail(new Error(`process ${child.pid} said nothing for ${withinMs} ms`)), withinMs);
    const ended = (code: number | null) => fail(new Error(`process ${child.pid} ended with ${code}`));
    const stop = () => {
      clearTimeout(late);
      child.off("message", listen).off("exit", ended);
    };
    child.on("message", listen).once("exit", ended);
  });
}

export const ready = (running: Running) => heard(running, (message) => (message === "ready" ? true : undefined));

/** Asks for a job and waits for its result. */
export async function ask<T>(running: Running, job: string, plan?: unknown): Promise<T> {
  const answer = heard(running, (message) => {
    const said = message as Partial<Done & { failed: string; done: string }>;
    if (said.failed) throw new Error(said.failed);
    return said.done === job ? { result: (said as { result: T }).result } : undefined;
  });
  running.child.send({ job, plan });
  return (await answer).result;
}

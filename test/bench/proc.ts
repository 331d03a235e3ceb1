/** CPU time and memory as the OS counts them. */
import { readFileSync } from "node:fs";

const TICKS_PER_SECOND = 100;

export interface Stat {
  pid: number;
  parent: number;
  /** A number is given anew; with this it is the process. */
  startedTicks: number;
  /** CPU seconds of it, its threads included. */
  ownSeconds: number;
  /** … and of those of its children that have ended and that it took note of, and of theirs. */
  reapedSeconds: number;
}

/** proc(5); the name before the fields may hold blanks. @throws when it is gone */
export function statOf(pid: number): Stat {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ").map(Number);
  const seconds = (at: number) => (fields[at]! + fields[at + 1]!) / TICKS_PER_SECOND;
  return {
    pid,
    parent: fields[1]!,
    startedTicks: fields[19]!,
    ownSeconds: seconds(11),
    reapedSeconds: seconds(13),
  };
}

export const cpuSeconds = (pid: number): number => statOf(pid).ownSeconds;

/** CPU seconds that all of the machine has used, or had taken away by its host. */
export function machineSeconds(): number {
  const [user, nice, system, , , irq, softirq, steal] = /^cpu +(.+)/
    .exec(readFileSync("/proc/stat", "utf8"))![1]!
    .split(" ")
    .map(Number) as [number, number, number, number, number, number, number, number];
  return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND;
}

export interface Watched {
  nodePids: number[];
  redisPid: number;
}

/** @returns what nodes and Redis have used since, as µs for each of `count` */
export function watchCpu({ nodePids, redisPid }: Watched) {
  const nodes = () => nodePids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  const before = { nodes: nodes(), redis: cpuSeconds(redisPid) };
  return (count: number) => ({
    nodeMicros: Math.round(((nodes() - before.nodes) * 1e6) / count),
    redisMicros: Math.round(((cpuSeconds(redisPid) - before.redis) * 1e6) / count),
  });
}

/** CPU time and memory as the OS counts them. */
import { readFileSync } from "node:fs";

const TICKS_PER_SECOND = 100;

/** utime, stime, cutime, cstime of proc(5), from `from` to before `to`; the name before them may hold blanks. */
function times(pid: number, from: number, to: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ");
  return fields.slice(11 + from, 11 + to).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
}

/** CPU seconds a process has used, its threads included. */
export const cpuSeconds = (pid: number): number => times(pid, 0, 2);

/** The same with those of its children that have ended, and theirs. */
export const familySeconds = (pid: number): number => times(pid, 0, 4);

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

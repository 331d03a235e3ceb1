/** CPU time and memory as the OS counts them. */
import { readFileSync } from "node:fs";

const TICKS_PER_SECOND = 100;

/** CPU seconds a process has used, its threads included. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

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

/** What processes and all below them use of the CPU: also those of which we start only the first, as a browser is. */
import { readdirSync, readFileSync } from "node:fs";
import { type Stat, statOf } from "./proc.ts";
import type { Used } from "./processes.ts";

/** What ends while nobody of ours takes note of it (a browser's zygote leaves before its children) is known so late. */
const LOOK_MS = 1_000;

function orGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Of all that runs: these and what descends from them. */
function look(roots: number[]): Stat[] {
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  const all = pids.map((pid) => orGone(() => statOf(pid))).filter((stat) => stat !== undefined);
  const found = new Set(all.filter(({ pid }) => roots.includes(pid)));
  for (const { pid } of found) for (const child of all) if (child.parent === pid) found.add(child);
  return [...found];
}

/** `chromium renderer`, `redis-server`, `index.ts`. */
function nameOf(pid: number): string {
  const words = (orGone(() => readFileSync(`/proc/${pid}/cmdline`, "utf8")) ?? "").split(/[\0 ]+/);
  const program = words[0]!.split("/").at(-1)!;
  const type = words.find((word) => word.startsWith("--type="))?.slice("--type=".length);
  const script = words
    .findLast((word) => /\.[cm]?[jt]s$/.test(word))
    ?.split("/")
    .at(-1);
  return type ? `${program} ${type}` : (script ?? program);
}

/** Looks now and then until it is disposed of. @param roots pids */
export function watchFamily(roots: number[]) {
  const seen = new Map<string, Used & { baseSeconds: number }>();
  const sum = (stats: Stat[]) => stats.reduce((all, one) => all + one.ownSeconds + one.reapedSeconds, 0);
  let seconds = 0;
  let before = NaN;
  function take(): void {
    let stats = look(roots);
    if (sum(stats) < before) stats = look(roots); // one may have ended between its parent's turn and its own
    for (const { pid, startedTicks, ownSeconds } of stats) {
      const which = `${pid} ${startedTicks}`;
      const baseSeconds = Number.isNaN(before) ? ownSeconds : 0;
      const known = seen.get(which) ?? { name: nameOf(pid), pid, cpuSeconds: 0, baseSeconds };
      seen.set(which, { ...known, cpuSeconds: ownSeconds - known.baseSeconds });
    }
    const now = sum(stats);
    if (now > before) seconds += now - before; // less: some have ended and nobody took note
    before = now;
  }
  take();
  const looking = setInterval(take, LOOK_MS);
  return {
    /** Since the beginning; of each process that was seen. */
    used(): { seconds: number; processes: Used[] } {
      take();
      const processes = [...seen.values()].map(({ name, pid, cpuSeconds }) => ({ name, pid, cpuSeconds }));
      return { seconds, processes };
    },
    [Symbol.dispose]: () => clearInterval(looking),
  };
}

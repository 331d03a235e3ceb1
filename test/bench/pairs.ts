/** Pair messages across two nodes: how many with both cores full, what each costs, how long it takes at half of that, and at one pace for all. */
import type { PairsPlan, Talked, TalkPlan } from "./pairs-load.ts";
import { ask, start } from "./processes.ts";
import type { Ask } from "./question.ts";
import { measured, type Side, watched } from "./sides.ts";

/** The same for every side: half of what a side can do is more work where it can do more. */
const EVEN_PER_SECOND = 1_500;

export async function connectPairs(side: Side, pairs: number) {
  const load = start("pairs-load.ts");
  const { ports, match, welcome } = side;
  const plan: PairsPlan = { auths: await side.auths(2 * pairs), ports, match, welcome };
  await ask(load, "connect", plan);
  return Object.assign(load, { talk: (plan: TalkPlan) => ask<Talked>(load, "talk", plan) });
}

/** @throws where one of ours was never heard */
export function lostOf(talks: Pick<Talked, "sent" | "heard">[], ours: boolean): number {
  const sent = talks.reduce((sum, talked) => sum + talked.sent, 0);
  const lost = talks.reduce((sum, talked) => sum - talked.heard, sent);
  if (ours && lost > 0) throw new Error(`${lost} of ${sent} messages were never heard`);
  return lost;
}

export const pairs: Ask = (bench) => ({
  name: "pairs",
  title: "Pair messages, two nodes",
  rows: [
    { figure: "perSecond", what: "messages a second, cores full", better: "more" },
    { figure: "nodeMicros", what: "node CPU, µs a message", better: "less" },
    { figure: "redisMicros", what: "Redis CPU, µs a message", better: "less" },
    { figure: "p50Ms", what: "at half of that: p50, ms", better: "less" },
    { figure: "p99Ms", what: "… p99, ms", better: "less" },
    { figure: "evenP50Ms", what: `at ${EVEN_PER_SECOND} a second each: p50, ms`, better: "less" },
    { figure: "evenP99Ms", what: "… p99, ms", better: "less" },
    { figure: "lost", what: "messages never heard", better: "less" },
  ],
  sides: measured(
    bench,
    [{ nodes: 2 }, { nodes: 1, mode: "bare" }, { nodes: 2, mode: "adapter" }, { nodes: 2, mode: "recovery" }],
    async (side) => {
      await using load = await connectPairs(side, 200);
      const cpu = watched(bench, side);
      const times = bench.quick ? { warmMs: 200, forMs: 500 } : { warmMs: 1_000, forMs: 4_000 };
      const paced = bench.quick ? times : { warmMs: 500, forMs: 2_000 };
      const full = await load.talk({ ...cpu, ...times });
      const half = await load.talk({ ...cpu, ...paced, perSecond: full.perSecond / 2 });
      const even = await load.talk({ ...cpu, ...paced, perSecond: EVEN_PER_SECOND });
      return {
        perSecond: full.perSecond,
        nodeMicros: full.nodeMicros,
        redisMicros: full.redisMicros,
        p50Ms: half.p50Ms,
        p99Ms: half.p99Ms,
        evenP50Ms: even.p50Ms,
        evenP99Ms: even.p99Ms,
        fullP50Ms: full.p50Ms,
        fullP99Ms: full.p99Ms,
        halfPerSecond: half.perSecond,
        halfNodeMicros: half.nodeMicros,
        lost: lostOf([full, half, even], side.match),
      };
    },
  ),
});

/** The same steady traffic on more and more nodes, partners on different ones: what each message costs all nodes together. */
import { connectPairs, lostOf } from "./pairs.ts";
import { ask } from "./processes.ts";
import type { Ask, Figures } from "./question.ts";
import { type Side, startPasserby, startPeer, watched } from "./sides.ts";

const PER_SECOND = 1_000;

export const growth: Ask = (bench) => {
  const counts = bench.quick ? [2, 4] : [1, 2, 4, 8];
  const times = bench.quick ? { warmMs: 300, forMs: 1_000 } : { warmMs: 500, forMs: 2_000 };

  /** Every entry of any stream that any node reads meanwhile counts, whatever it carries. */
  async function measure(side: Side, count: number): Promise<Figures> {
    await using load = await connectPairs(side, 64);
    const entries = async () =>
      (await Promise.all(side.nodes.map((node) => ask<number>(node, "entries")))).reduce((sum, n) => sum + n, 0);
    const before = await entries();
    const talked = await load.talk({ ...watched(bench, side), ...times, perSecond: PER_SECOND });
    const { heard, perSecond, nodeMicros, p99Ms } = talked;
    lostOf([talked], side.match);
    const read = (await entries()) - before;
    return {
      [`entries${count}`]: read / heard,
      [`nodeMicros${count}`]: nodeMicros,
      [`perSecond${count}`]: perSecond,
      [`p99Ms${count}`]: p99Ms,
    };
  }

  const sides = [
    { name: "Passerby", begin: (count: number) => startPasserby(bench.redisUrl, count) },
    {
      name: "Socket.IO + adapter",
      begin: (count: number) => startPeer("adapter", bench.redisUrl, count),
    },
  ];
  return {
    name: "growth",
    title: `Growth: ${PER_SECOND} pair messages a second on more nodes`,
    rows: [
      ...counts.map((n) => ({
        figure: `entries${n}`,
        what: `entries read per message, ${n} nodes`,
        better: "less" as const,
      })),
      ...counts.map((n) => ({
        figure: `nodeMicros${n}`,
        what: `node CPU, µs a message, ${n} nodes`,
        better: "less" as const,
      })),
    ],
    sides: sides.map(({ name, begin }) => ({
      name,
      async measure() {
        const figures: Figures = {};
        for (const count of counts) {
          await bench.redis.flushdb();
          await using side = await begin(count);
          Object.assign(figures, await measure(side, count));
        }
        return figures;
      },
    })),
  };
};

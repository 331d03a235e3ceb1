/** What a connection costs that says nothing: memory of one node before and after, garbage collected. */
import { ask, start } from "./processes.ts";
import type { Ask } from "./question.ts";
import { measured } from "./sides.ts";

interface Memory {
  rssBytes: number;
  heapBytes: number;
}

export const idle: Ask = (bench) => {
  const connections = bench.quick ? 1_000 : 10_000;
  return {
    name: "idle",
    title: `${connections} idle connections, one node`,
    rows: [
      { figure: "rssKiB", what: "RSS, KiB a connection", better: "less" },
      { figure: "heapKiB", what: "heap, KiB a connection", better: "less" },
    ],
    sides: measured(bench, [{ nodes: 1 }, { nodes: 1, mode: "bare" }], async (side) => {
      const [node] = side.nodes;
      await using load = start("connections-load.ts");
      const hold = async (count: number) => {
        const { ports, welcome } = side;
        await ask(load, "hold", { ports, welcome, auths: await side.auths(count), inFlight: 50 });
        return ask<Memory>(node!, "collect");
      };
      // A few first, so that what is loaded and compiled once is not counted.
      const before = await hold(200);
      const after = await hold(connections);
      const each = (field: keyof Memory) => (after[field] - before[field]) / connections / 1024;
      return { rssKiB: each("rssBytes"), heapKiB: each("heapBytes") };
    }),
  };
};

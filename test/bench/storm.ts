/** All sockets of two nodes cut at once, by a balancer; each side's own client brings them back. */
import { ask, start } from "./processes.ts";
import type { Ask, Figures } from "./question.ts";
import { measured, watched } from "./sides.ts";
import type { StormPlan } from "./storm-load.ts";

export const storm: Ask = (bench) => {
  const sockets = bench.quick ? 500 : 2_000;
  return {
    name: "storm",
    title: `${sockets} sockets cut at once, two nodes`,
    rows: [
      { figure: "allSeconds", what: "all are back, s", better: "less" },
      { figure: "halfSeconds", what: "half are back, s", better: "less" },
      { figure: "nodeMicros", what: "node CPU, µs a reconnection", better: "less" },
    ],
    sides: measured(bench, [{ nodes: 2 }, { nodes: 2, mode: "bare" }], async (side) => {
      await using load = start("storm-load.ts");
      const plan: StormPlan = { ports: side.ports, auths: await side.auths(sockets), ours: side.match };
      await ask(load, "gather", plan);
      return await ask<Figures>(load, "cut", watched(bench, side));
    }),
  };
};

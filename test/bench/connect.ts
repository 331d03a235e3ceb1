/** Connections a second at one node, a hundred always under way: ours are in once their token is checked and they are welcome. */
import { ask, start } from "./processes.ts";
import { watchCpu } from "./proc.ts";
import type { Ask } from "./question.ts";
import { measured, watched } from "./sides.ts";

/** Connected before it counts: a node's compiler is then done with the way in. */
const WARM = 2_000;

export const connect: Ask = (bench) => {
  const connections = bench.quick ? 1_500 : 4_000;
  return {
    name: "connect",
    title: `${connections} connections to one node`,
    rows: [
      { figure: "perSecond", what: "connections a second", better: "more" },
      { figure: "nodeMicros", what: "node CPU, µs a connection", better: "less" },
      { figure: "redisMicros", what: "Redis CPU, µs a connection", better: "less" },
    ],
    sides: measured(bench, [{ nodes: 1 }, { nodes: 1, mode: "bare" }, { nodes: 1, mode: "token" }], async (side) => {
      await using load = start("connections-load.ts");
      const plan = async (count: number) => ({
        ports: side.ports,
        welcome: side.welcome,
        auths: await side.auths(count),
        inFlight: 100,
      });
      await ask(load, "hold", await plan(bench.quick ? 300 : WARM));
      const measuring = await plan(connections);
      const micros = watchCpu(watched(bench, side));
      const held = await ask<{ perSecond: number; refused: number }>(load, "hold", measuring);
      return { ...held, ...micros(connections) };
    }),
  };
};

/** A room of a thousand on two nodes, at a steady pace: what one message to all of them costs. */
import { ask, start } from "./processes.ts";
import type { Ask, Figures } from "./question.ts";
import type { RoomPlan } from "./room-load.ts";
import { measured, watched } from "./sides.ts";

export const room: Ask = (bench) => ({
  name: "room",
  title: "A room of 999, two nodes, 20 messages a second",
  rows: [
    { figure: "nodeMicros", what: "node CPU, µs a message", better: "less" },
    { figure: "redisMicros", what: "Redis CPU, µs a message", better: "less" },
    { figure: "p50Ms", what: "p50, ms", better: "less" },
    { figure: "p99Ms", what: "p99, ms", better: "less" },
    { figure: "heardShare", what: "heard, of all that should be", better: "more" },
  ],
  sides: measured(bench, [{ nodes: 2 }, { nodes: 2, mode: "adapter" }], async (side) => {
    const { ports, welcome } = side;
    const plan: RoomPlan = {
      ...(await side.crowd(999)),
      ...watched(bench, side),
      ports,
      welcome,
      perSecond: 20,
      forMs: bench.quick ? 1_000 : 5_000,
    };
    await using load = start("room-load.ts");
    const figures = await ask<Figures>(load, "gather", plan);
    if (side.match && figures["heardShare"]! < 1) throw new Error(`only ${figures["heardShare"]} of ours were heard`);
    return figures;
  }),
});

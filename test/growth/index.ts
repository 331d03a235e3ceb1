/** `npx tsx test/growth/index.ts`: what a cell carries, and what that costs. */
import { cell, cost, load } from "./plan.ts";

const { guests, guestsPerNode, nodes, nodeMiB } = cell();
console.log(
  `a cell: ${guests} guests (Redis at ${load * 100} %), ${nodes} nodes of ${guestsPerNode} (${nodeMiB} MiB of sockets each)`,
);
console.table(Object.fromEntries((["production", "one's own"] as const).map((stage) => [stage, cost(stage)])));

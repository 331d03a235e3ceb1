/** What the README's section Growth says in numbers. */
import { cell, containerMonth, cost, load, type StageName, stages } from "./plan.ts";
import { measured } from "./speed.ts";

export const begin = "<!-- npx tsx test/growth/index.ts --write -->";
const end = "<!-- so far -->";

const number = (value: number) => value.toLocaleString("en-US");
const table = (rows: string[][]) =>
  [rows[0]!, rows[0]!.map(() => "---"), ...rows.slice(1)].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

export function words(): string {
  const { nodeMicros, redisMicros, quietNodeMicros, socketKiB } = measured;
  const { guests, guestsPerNode, nodes, nodeMiB } = cell();
  const carried = table([
    ["of a cell", "costs", `carries, ${load * 100} % full`],
    ["Redis", `${redisMicros} µs of a processor a message`, `**${number(guests)} guests**`],
    [
      "a node (one processor)",
      `${nodeMicros} µs a message, ${socketKiB} KiB a socket`,
      `${number(guestsPerNode)} guests (${nodeMiB} MiB): ${nodes} nodes fill a cell`,
    ],
  ]);
  const costs = table([
    ["stage", "carries", "standing, a month", "each 1,000 guests who are always there, a month"],
    ...(Object.keys(stages) as StageName[]).map((stage) => {
      const { standing, perThousand, carries } = cost(stage);
      return [stage, number(carries), `$${standing}`, `$${perThousand}`];
    }),
  ]);
  const scaling = `Nodes that have little to do look busy: at 1,000 messages a second each costs them ${quietNodeMicros} µs, since fewer share what a tick costs.
So \`sst.config.ts\`, which scales by processor, adds containers before this plan needs them: up to ${stages.production.mostTasks} in production, $${containerMonth("production")} a month each.`;
  return [begin, carried, costs, scaling, end].join("\n\n");
}

/** @throws where the README lost the marks */
export function inReadme(readme: string): string {
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README: ${begin} … ${end} is gone`);
  return readme.slice(from, to + end.length);
}

/** `npm run test:faults -- kill` breaks a world of its own that way and prints one line of figures. */
import { flaws } from "./checker.ts";
import { scenarios } from "./scenarios.ts";
import { talk } from "./talk.ts";
import { startWorld } from "./world.ts";

const names = process.argv.slice(2).filter((name) => !name.startsWith("-"));
for (const name of names.length > 0 ? names : Object.keys(scenarios)) {
  const scenario = scenarios[name];
  if (!scenario) throw new Error(`no scenario ${name}: choose of ${Object.keys(scenarios).join(", ")}`);
  await using world = await startWorld({ nodes: scenario.nodes });
  const figures = await talk(world, scenario.talk);
  console.log(JSON.stringify({ scenario: name, flaws: flaws(figures), ...figures }));
}
process.exit(0);

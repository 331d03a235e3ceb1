/**
 * `npm run test:faults -- kill` breaks a world of its own that way and prints one line of figures; without a name, every way.
 * `npm run test:faults -- --url https://chat.example.com` does what needs no process of ours to a Passerby anywhere.
 * SEED=… repeats a run's choices.
 */
import { parseArgs } from "node:util";
import { remoteField } from "./field.ts";
import { play, remoteScenarios, scenarioNames, type ScenarioName } from "./scenarios.ts";
import { talk, wrongs } from "./talk.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: "string" },
    pairs: { type: "string" },
    "per-second": { type: "string" },
    "for-ms": { type: "string" },
  },
});
/** The negative controls: they are meant to have flaws. */
const meantToFail = new Set<string>(["naive", "forgetful"]);
const known: string[] = values.url ? Object.keys(remoteScenarios) : scenarioNames;
const unknown = positionals.find((name) => !known.includes(name));
if (unknown) {
  console.error(`there is no scenario ${unknown}: choose of ${known.join(", ")}`);
  process.exit(2);
}
const given = {
  ...(values.pairs && { pairs: Number(values.pairs) }),
  ...(values["per-second"] && { perSecond: Number(values["per-second"]) }),
  ...(values["for-ms"] && { forMs: Number(values["for-ms"]) }),
};

let failed = false;
for (const name of positionals.length > 0 ? positionals : known) {
  if (values.url) {
    await using field = remoteField(values.url.replace(/\/$/, ""));
    const figures = await talk(field, { ...remoteScenarios[name as keyof typeof remoteScenarios], ...given });
    console.log(JSON.stringify({ scenario: name, url: values.url, wrongs: wrongs(figures), ...figures }));
    failed ||= wrongs(figures) > 0;
  } else {
    const figures = await play(name as ScenarioName, given);
    failed ||= wrongs(figures) > 0 !== meantToFail.has(name);
  }
}
process.exit(failed ? 1 : 0);

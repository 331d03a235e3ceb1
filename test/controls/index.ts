/**
 * `npm run test:controls`: puts one old fault after the other back into a copy and demands that the test it belongs to, green
 * before, turns red. Words choose rows by their line, fault, file or test: `npm run test:controls -- delivery`. With `--trust`
 * nobody looks whether it was green before.
 */
import { copyTree } from "./copy.ts";
import { isMutation } from "./row.ts";
import { rows } from "./table.ts";
import type { Verdict } from "./verdict.ts";

const words = process.argv.slice(2).filter((word) => word !== "--trust");
const trust = process.argv.includes("--trust");
const all = rows.flatMap(({ capability, line, row }) => (isMutation(row) ? [{ capability, line, row }] : []));
const chosen = all.filter((one) => {
  const text = `${one.capability} ${one.line} ${one.row.fault} ${one.row.file} ${one.row.test}`.toLowerCase();
  return words.every((word) => text.includes(word.toLowerCase()));
});

await using copy = await copyTree();
const whole = new Map<string, Verdict>();
let wrong = 0;
for (const { capability, line, row } of chosen) {
  const from = Date.now();
  const name = `${row.test} ${row.title}`;
  let seen: Verdict = whole.get(name) ?? (trust ? { is: "green" } : await copy.run(row));
  whole.set(name, seen);
  let told = seen.is === "green" ? "" : `not green without it: ${seen.why}`;
  if (seen.is === "green") {
    seen = await copy.run(row, row);
    if (seen.is === "green") told = `STAYED GREEN: ${row.test} does not notice it`;
    if (seen.is === "broken") told = seen.why;
  }
  if (told !== "") wrong += 1;
  const seconds = ((Date.now() - from) / 1000).toFixed(1).padStart(5);
  console.log(
    `${told === "" ? "red " : "HOLE"} ${seconds} s  ${capability}, ${line}: ${row.fault}${told && ` · ${told}`}`,
  );
}
console.log(`${chosen.length} faults put back, ${chosen.length - wrong} noticed`);
process.exitCode = wrong > 0 || chosen.length === 0 ? 1 : 0;

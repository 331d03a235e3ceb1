/** The answer as text: a line for each figure, us first, every peer with what we are of it. */
import { short } from "./numbers.ts";
import type { Answered } from "./rounds.ts";

export function table({ question, medians, ratios, measurements }: Answered): string {
  const { name, title, sides, rows } = question;
  const head = [`${name}: ${title}`, ...sides.flatMap((side, n) => (n === 0 ? [side.name] : [side.name, ""]))];
  const body = rows.map(({ figure, what, better }) => {
    const [mine, ...theirs] = medians.map((figures) => figures[figure]);
    const shown = (value?: number) => (value === undefined ? "–" : short(value));
    const ratio = (n: number) => (ratios[n]![figure] === undefined ? "" : `${short(ratios[n]![figure])} ×`);
    return [
      `${better === "more" ? "↑" : "↓"} ${what}`,
      shown(mine),
      ...theirs.flatMap((value, n) => [shown(value), ratio(n + 1)]),
    ];
  });
  const all = [head, ...body];
  const widths = head.map((_, column) => Math.max(...all.map((cells) => cells[column]!.length)));
  const lines = all.map((cells) =>
    cells
      .map((cell, n) => (n === 0 ? cell.padEnd(widths[n]!) : cell.padStart(widths[n]!)))
      .join("  ")
      .trimEnd(),
  );
  const noise = Math.max(...measurements.map(({ noiseShare }) => noiseShare));
  const seconds = measurements.reduce((sum, one) => sum + one.seconds, 0);
  const about = `${Math.round(seconds)} s; other programs: up to ${Math.round(noise * 100)} % of the machine's CPU`;
  return [...lines, `  (${about})`].join("\n");
}

/** The answer as a picture: a panel for each figure, a bar for each side, us in colour. */
import { short } from "./numbers.ts";
import type { Answered } from "./rounds.ts";

const WIDTH = 720;
const NAME = 210;
const BAR = 18;
const COLOURS = ["#2563eb", "#94a3b8", "#b4bfce", "#cbd5e1"];
const escaped = (text: string) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

/** @returns an SVG */
export function plot({ question, medians, ratios }: Answered, note: string): string {
  const parts: string[] = [];
  let y = 24;
  const text = (x: number, at: number, says: string, more = "") =>
    parts.push(`<text x="${x}" y="${at}" ${more}>${escaped(says)}</text>`);
  text(16, y, `${question.name}: ${question.title}`, 'font-size="16" font-weight="600"');
  text(16, (y += 18), note, 'fill="#64748b"');

  for (const { figure, what, better } of question.rows) {
    const most = Math.max(...medians.map((figures) => figures[figure] ?? 0)) || 1;
    text(16, (y += 32), `${what} (${better} is better)`, 'font-weight="600"');
    y += 8;
    for (const [n, { name }] of question.sides.entries()) {
      const value = medians[n]![figure];
      if (value === undefined) continue;
      const width = Math.max(1, ((WIDTH - NAME - 130) * value) / most);
      const mine = ratios[n]![figure];
      const ratio = n > 0 && mine !== undefined ? ` (we: ${short(mine)} ×)` : "";
      text(NAME - 8, y + BAR - 5, name, 'text-anchor="end"');
      parts.push(
        `<rect x="${NAME}" y="${y}" width="${width.toFixed(1)}" height="${BAR - 3}" rx="2" fill="${COLOURS[n] ?? "#e2e8f0"}"/>`,
      );
      text(NAME + width + 6, y + BAR - 5, short(value) + ratio);
      y += BAR;
    }
  }
  const height = y + 16;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui, sans-serif" font-size="12" fill="#0f172a">
<title>${escaped(question.title)}</title>
<rect width="${WIDTH}" height="${height}" fill="#fff"/>
${parts.join("\n")}
</svg>
`;
}

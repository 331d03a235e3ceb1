/** Our own figures in the README's section Speed, as the bench printed them last. Nowhere else is one written down. */
import { readFileSync } from "node:fs";

export const readmeFile = new URL("../../README.md", import.meta.url);

/** @param question the table's @param row what stands in it after its arrow @throws where the README has no such figure */
function figureIn(speed: string, question: string, row: string): number {
  const lines = speed.split("\n");
  const table = lines.slice(lines.findIndex((line) => line.startsWith(`${question}: `)) + 1);
  const end = table.findIndex((line) => !/^[↑↓ ]/.test(line));
  const line = table.slice(0, end).find((one) => /^[↑↓]/.test(one) && one.slice(2).startsWith(`${row} `));
  const figure = Number(/^ +([\d.]+)/.exec(line?.slice(2 + row.length) ?? "")?.[1]);
  if (!(figure > 0))
    throw new Error(`README, Speed: no figure "${row}" under "${question}:", from which Growth is worked out`);
  return figure;
}

export function measuredIn(readme: string) {
  const speed = readme.slice(readme.indexOf("## Speed"), readme.indexOf("## Growth"));
  return {
    nodeMicros: figureIn(speed, "pairs", "node CPU, µs a message"),
    redisMicros: figureIn(speed, "pairs", "Redis CPU, µs a message"),
    /** At a pace far below what the nodes can do. */
    quietNodeMicros: figureIn(speed, "growth", "node CPU, µs a message, 2 nodes"),
    socketKiB: figureIn(speed, "idle", "RSS, KiB a connection"),
  };
}

/** On 2 shared cores (EPYC, Node 20); Graviton was not at hand. */
export const measured = measuredIn(readFileSync(readmeFile, "utf8"));

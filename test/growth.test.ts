/** The README's Growth section, held to what it was worked out from; and its two assumptions, by simulation. */
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { drawn } from "../functions/cells.ts";
import { load, prices, simulateRedis } from "./growth/plan.ts";
import { measured, measuredIn, readmeFile } from "./growth/speed.ts";
import { inReadme, words } from "./growth/words.ts";

/** Repeatable (mulberry32). */
function randomFrom(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

test("at the load that a cell is planned for nobody waits for Redis; at the edge they do, and beyond it without end", () => {
  const p99 = (utilisation: number, messages = 300_000) => simulateRedis(utilisation, messages, randomFrom(1));
  expect(p99(load)).toBeLessThan(0.5);
  expect(p99(0.95)).toBeGreaterThan(5 * p99(load));
  expect(p99(1.1, 600_000)).toBeGreaterThan(1.8 * p99(1.1));
});

test("addresses spread evenly over cells, and a cell that is added takes its share and moves nobody else", () => {
  const names = ["a", "b", "c", "d"];
  const addresses = Array.from({ length: 20_000 }, (_, n) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
  const before = addresses.map((address) => drawn(names, address));
  for (const name of names) {
    const share = before.filter((one) => one === name).length / addresses.length;
    expect(Math.abs(share - 1 / 4)).toBeLessThan(0.015);
  }
  const after = addresses.map((address) => drawn([...names, "e"], address));
  const moved = after.filter((name, n) => name !== before[n]);
  expect(new Set(moved)).toEqual(new Set(["e"]));
  expect(Math.abs(moved.length / addresses.length - 1 / 5)).toBeLessThan(0.015);
});

test("the README says what comes out of the figures that it shows, and of no others", async () => {
  const readme = await readFile(readmeFile, "utf8");
  const plain = (text: string) => text.replace(/-+/g, "-").replace(/\s+/g, " ");
  expect(plain(inReadme(readme))).toBe(plain(words()));
  expect(readme).toContain(prices.listed);

  // The bench's next round is read where it is pasted.
  const pairs = readme.indexOf("\npairs: ");
  const dearer = (text: string) => text.replace(/(?<=↓ (?:node|Redis) CPU, µs a message +)\d+/g, "4711");
  const { nodeMicros, redisMicros, ...others } = measured;
  expect([nodeMicros, redisMicros]).not.toContain(4_711);
  expect(measuredIn(readme.slice(0, pairs) + dearer(readme.slice(pairs)))).toEqual({
    ...others,
    nodeMicros: 4_711,
    redisMicros: 4_711,
  });
  expect(() => measuredIn(readme.replace("RSS, KiB a connection", "RSS"))).toThrow('no figure "RSS, KiB a connection"');
});

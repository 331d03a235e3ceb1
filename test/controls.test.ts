/** The table of `npm run test:controls` cannot rot: what it names is there, and every line can fail by somebody's hand. */
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { flawsOf, type Row } from "./controls/row.ts";
import { table, rows } from "./controls/table.ts";
import { verdictOf } from "./controls/verdict.ts";

const texts = new Map<string, string>();
function read(file: string): string {
  if (!texts.has(file)) texts.set(file, existsSync(file) ? readFileSync(file, "utf8") : "");
  return texts.get(file)!;
}

test("every row names a test that is there, and a fault that can be put back, or a control of the suite", () => {
  expect(rows.flatMap(({ row }) => flawsOf(row, read))).toEqual([]);
  const lines = Object.values(table).flatMap((lines) => Object.entries(lines));
  expect(lines.filter(([, list]) => list.length === 0)).toEqual([]);
});

test("a row that has rotted is found", () => {
  const good: Row = { test: "a", title: "holds", fault: "it does not", file: "b", from: "one", to: "two" };
  const files: Record<string, string> = { a: 'test("it holds")', b: "one" };
  const flaws = (row: Row, b = "one") => flawsOf(row, (file) => ({ ...files, b })[file] ?? "").length;
  expect(flaws(good)).toBe(0);
  expect(flaws({ ...good, test: "gone" })).toBe(1);
  expect(flaws({ ...good, title: "renamed" })).toBe(1);
  expect(flaws({ ...good, to: "one" })).toBe(1);
  expect([flaws(good, "two"), flaws(good, "one one")]).toEqual([1, 1]);
  expect(flaws({ test: "a", title: "holds", control: "it holds" })).toBe(0);
  expect(flaws({ test: "a", title: "holds", control: "gone" })).toBe(1);
});

test("red is a test that ran and failed by what it asserts; nothing else is", () => {
  const ran = (status: string, ...failureMessages: string[]) => ({
    testResults: [{ assertionResults: [{ fullName: "[D1] it holds", status, failureMessages }] }],
  });
  const is = (report: Parameters<typeof verdictOf>[0]) => verdictOf(report, "it holds").is;
  expect(is(ran("passed"))).toBe("green");
  for (const why of [
    "AssertionError: expected 1 to be 2",
    "Error: not within 60000 ms: it is there",
    "Error: Test timed out in 150000ms.",
    "Error: Property failed after 3 tests",
  ])
    expect([why, is(ran("failed", why))]).toEqual([why, "red"]);
  for (const broken of [
    ran("skipped"), // its beforeAll failed, or it has another name
    ran("failed", "ReferenceError: limits is not defined"),
    ran("failed", "Error: not begun: not within 30000 ms: a node is ready"),
    { testResults: [{ message: "SyntaxError: Unexpected token", assertionResults: [] }] },
    { testResults: [] },
    undefined, // vitest itself has died
  ])
    expect(is(broken)).toBe("broken");
});

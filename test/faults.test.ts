/** The rest of what breaks around a conversation (FAULTS, delivery). */
import { expect, test } from "vitest";
import { flaws } from "./faults/checker.ts";
import { remoteField } from "./faults/field.ts";
import { play, remoteScenarios, type ScenarioName } from "./faults/scenarios.ts";
import { talk } from "./faults/talk.ts";
import { startWorld } from "./faults/world.ts";
import { promised } from "./support/until.ts";

const clean = { ackedLost: 0, storedTwice: 0, unshown: 0, shownTwice: 0, outOfOrder: 0, outboxesLeft: 0, offline: 0 };
/** A deploy replaces nodes; trouble with Redis is no reason to. */
const replaced: Partial<Record<ScenarioName, RegExp>> = { roll: /^[1-9]/, redis: /^0$/ };
/** How often it breaks. */
const times: Partial<Record<ScenarioName, RegExp>> = { redis: /^2$/ };
/** Until everybody was connected after the last; how long a connection was gone. */
const soon: Partial<Record<ScenarioName, { onlineMs?: number; reconnectP99Ms?: number }>> = {
  roll: { onlineMs: 5_000 },
  cut: { reconnectP99Ms: 2_000 },
};

test.each<[ScenarioName, string]>([
  ["roll", "[D3] a rolling deploy, a node every 3 s"],
  ["cut", "[D3] 30 % of the sockets cut every 3 s"],
  ["deaf", "[D3] five seconds in which nothing the nodes say arrives"],
  ["redis", "[D1] Redis killed twice, back after a second"],
  ["tabs", "[D3] two tabs of one guest, both writing, while links are cut"],
  ["rollback", "[D5] Redis rolled back by half a second: what a living client had sent is in the new log"],
])(
  "%s: %s, and nothing is lost, repeated or reordered",
  async (name) => {
    const figures = await play(name);
    expect(figures).toMatchObject({ ...clean, messages: figures.sent });
    expect(String(figures.faults)).toMatch(times[name] ?? /^[1-9]/);
    const { onlineMs = Infinity, reconnectP99Ms = Infinity } = soon[name] ?? {};
    expect(figures.onlineMs).toBeLessThan(promised(onlineMs));
    expect(figures.reconnectP99Ms).toBeLessThan(promised(reconnectP99Ms));
    expect(String(figures.nodesReplaced)).toMatch(replaced[name] ?? /./);
    expect(figures.logs).not.toMatch(/unhandled|a fault of ours/i);
  },
  400_000,
);

test("forgetful: the same roll-back with clients that emit and hope: the checker can fail", async () => {
  expect((await play("forgetful")).ackedLost).toBeGreaterThan(0);
}, 400_000);

test("[D2] a tab reloaded with 20 unsent messages sends each of them, in order, once", async () => {
  const figures = await play("reload");
  expect(figures).toMatchObject({ rooms: 1, messages: 21 });
  expect(flaws(figures)).toBe(0);
}, 200_000);

test("[D5] away for longer than the log: the newest thousand in order, and the gap is said", async () => {
  const figures = await play("away");
  expect(figures).toMatchObject({ rooms: 1, sent: 1_301, gap: true });
  expect(figures.messages).toBeGreaterThanOrEqual(1_000);
  expect(flaws(figures)).toBe(0);
}, 200_000);

test("[D5] away while the log was rolled back and outgrew one's own: the new log is shown, with what both had said in the lost time", async () => {
  const figures = await play("replaced");
  expect(figures).toMatchObject({ rooms: 1, sent: 44, messages: 44, replaced: true, outgrown: true });
  expect(flaws(figures)).toBe(0);
}, 200_000);

test("the same against an address alone, as `npm run test:faults -- --url` does: guests, cuts and logs by nothing but the contract", async () => {
  await using world = await startWorld({ nodes: 1 });
  await using field = remoteField(world.httpUrl);
  const figures = await talk(field, { ...remoteScenarios.cut, pairs: 3, perSecond: 10, forMs: 4_000, everyMs: 1_500 });
  expect(figures).toMatchObject({ ...clean, rooms: 3, messages: figures.sent });
  expect([figures.faults > 1, figures.sent > 20, figures.reconnects > 0]).toEqual([true, true, true]);
}, 200_000);

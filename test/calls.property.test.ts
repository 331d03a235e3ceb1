/** Calls under any interleaving: the real scripts on a real Redis, checked after every step against the rules. */
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CallsWorld, GUESTS, naiveStart, type Op } from "./support/calls-world.ts";
import { freshRedisUrl } from "./support/redis.ts";

const opOf = (...verbs: Op["do"][]): fc.Arbitrary<Op> =>
  fc.record({
    do: fc.constantFrom(...verbs),
    guest: fc.nat(GUESTS - 1),
    tab: fc.constantFrom(0, 1),
    room: fc.oneof(
      { weight: 3, arbitrary: fc.constant(0 as const) },
      { weight: 1, arbitrary: fc.constant(1 as const) },
    ),
  });
const start = opOf("start");
const any = fc.oneof(
  { weight: 3, arbitrary: start },
  { weight: 4, arbitrary: opOf("accept") },
  { weight: 4, arbitrary: opOf("decline", "hangup", "media", "drop", "lapse") },
  { weight: 1, arbitrary: opOf("unanswered", "leave", "tick") },
);
const story = (op: fc.Arbitrary<Op>, together: number) =>
  fc.array(fc.array(op, { minLength: 1, maxLength: together }), { minLength: 2, maxLength: 10, size: "max" });

const holds = (world: CallsWorld) => async (steps: Op[][]) => {
  await world.begin();
  for (const ops of steps) expect(await world.step(ops)).toEqual([]);
};

let real: CallsWorld;
let naive: CallsWorld;
beforeAll(async () => {
  real = new CallsWorld(await freshRedisUrl());
  naive = new CallsWorld(await freshRedisUrl(), naiveStart);
});
afterAll(() => {
  real.close();
  naive.close();
});

test("[C1][C2][C4] any interleaving by five guests with two tabs each, in two rooms, over two nodes keeps the rules", async () => {
  await fc.assert(fc.asyncProperty(story(any, 4), holds(real)), { numRuns: 300 });
});

test("[C1] the checker sees what read-then-write does wrong, and only when starts overlap", async () => {
  await fc.assert(fc.asyncProperty(story(start, 1), holds(naive)), { numRuns: 20 });
  const { failed, numRuns } = await fc.check(fc.asyncProperty(story(start, 4), holds(naive)), {
    numRuns: 50,
    endOnFailure: true,
  });
  expect(failed, "two calls in one room are caught").toBe(true);
  expect(numRuns).toBeLessThan(20);
});

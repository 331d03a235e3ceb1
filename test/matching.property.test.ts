/** Matching under any interleaving: the real scripts on a real Redis, checked after every step against the rules. */
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { naiveMatching } from "./support/matching-naive.ts";
import { GUESTS, NODES, type Op, type Step, WIDEN_MS, World } from "./support/matching-world.ts";
import { freshRedisUrl } from "./support/redis.ts";

const guest = fc.nat(GUESTS - 1);
const node = fc.nat(NODES.length - 1);
const wishes = fc.record(
  {
    interests: fc.subarray(["music", "chess", "films"], { maxLength: 2 }),
    language: fc.constantFrom("en", "es"),
  },
  { requiredKeys: [] },
);

const joinOp: fc.Arbitrary<Op> = fc.record({ do: fc.constant("join"), guest, node, wishes });
const otherOps: fc.Arbitrary<Op> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("skip", "end"), guest, node, room: fc.nat(1) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("leave", "open", "close"), guest, node }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("block"), guest, node, other: guest }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("age"), guest, ms: fc.constantFrom(...WIDEN_MS) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("lapse"),
      guest,
      what: fc.constantFrom("queueLease", "pairs", "online", "offers"),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("tick", "reap", "beat"), node }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("die"), node }) },
);
const op = fc.oneof({ weight: 1, arbitrary: joinOp }, { weight: 2, arbitrary: otherOps });

const read: fc.Arbitrary<Step> = fc.record({ at: fc.constant("read"), node });
const forget: fc.Arbitrary<Step> = fc.record({ at: fc.constant("forget"), guest });
const steps = (together: number, ops = op, others = [read, forget]) => {
  const once: fc.Arbitrary<Step> = fc.record({
    at: fc.constant("once"),
    ops: fc.array(ops, { minLength: 1, maxLength: together }),
  });
  const step = fc.oneof({ weight: 8, arbitrary: once }, ...others.map((arbitrary) => ({ weight: 1, arbitrary })));
  return fc.array(step, { minLength: 4, maxLength: 16, size: "max" });
};

/** That story, from an empty Redis; ends at the first fault. */
const holds = (world: World, settles: boolean) => async (story: Step[]) => {
  await world.begin();
  for (const step of story) expect(await world.step(step)).toEqual([]);
  if (settles) expect(await world.settle()).toEqual([]);
};

let real: World;
let naive: World;
beforeAll(async () => {
  real = new World(await freshRedisUrl());
  naive = new World(await freshRedisUrl(), naiveMatching);
});
afterAll(() => {
  real.close();
  naive.close();
});

test("[M1][M2][M3][M4][M5] any interleaving by six guests over four nodes keeps the rules, and comes to rest", async () => {
  await fc.assert(fc.asyncProperty(steps(4), holds(real, true)), { numRuns: 1_000 });
});

test("[M5] whose lease has run out is out of reach, before anybody has cleared them away", async () => {
  await real.begin();
  const join = (guest: number): Op => ({ do: "join", guest, node: guest, wishes: {} });
  for (const op of [join(0), { do: "lapse", guest: 0, what: "queueLease" } as const, join(1)]) {
    expect(await real.step({ at: "once", ops: [op] })).toEqual([]);
    expect((await real.snapshot()).guests[0]!.queued).toBe(true); // still there to be taken by mistake
  }
  expect((await real.snapshot()).guests.map(({ pair }) => pair)).toEqual(Array.from({ length: GUESTS }));
});

test("[M1] the checker sees what read-then-write does wrong, and only when requests overlap", async () => {
  const alone = fc.asyncProperty(steps(1, joinOp, []), holds(naive, false));
  await fc.assert(alone, { numRuns: 50 });
  const together = fc.asyncProperty(steps(4, joinOp, []), holds(naive, false));
  const { failed, numRuns } = await fc.check(together, { numRuns: 50, endOnFailure: true });
  expect(failed, "the naive matcher is caught").toBe(true);
  expect(numRuns).toBeLessThan(20);
});

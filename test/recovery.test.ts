/** A node may die at any instant: three sets are compared per room, acked by the server, in the log, shown to each member. */
import { expect, test } from "vitest";
import { flaws } from "./faults/checker.ts";
import { play } from "./faults/scenarios.ts";
import { key } from "../shared/stores/keys.ts";
import { startCluster } from "./support/nodes.ts";
import { promised } from "./support/until.ts";

const clean = { ackedLost: 0, storedTwice: 0, unshown: 0, shownTwice: 0, outOfOrder: 0, outboxesLeft: 0, offline: 0 };

test("[D3] a random node is killed every 3 s under 1,000 messages a second: nothing acked is lost, repeated or reordered", async () => {
  const figures = await play("kill");
  expect(figures).toMatchObject({ ...clean, messages: figures.sent });
  expect(figures.faults).toBeGreaterThanOrEqual(4);
  expect(figures.reconnects).toBeGreaterThan(0);
  expect(figures.reconnectP99Ms).toBeLessThan(promised(3_000));
}, 400_000);

test("[D3] the same kills with clients that emit and hope lose messages: the checker can fail", async () => {
  expect(flaws(await play("naive"))).toBeGreaterThan(0);
}, 400_000);

test("[D5] a Redis that was started anew goes on with another epoch, though nobody knows more than the log", async () => {
  await using cluster = await startCluster(1);
  const [a, , roomId] = await cluster.pair(0, 0);
  const { message: before } = await a.say(roomId, "before");
  await cluster.redis.hset(key("room", roomId), "run", "an earlier start's");
  const { message: after } = await a.say(roomId, "after");
  expect([after.seq, after.epoch === before.epoch]).toEqual([2, false]);
});

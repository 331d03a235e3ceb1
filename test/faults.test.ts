/** The rest of what breaks around a conversation (FAULTS, delivery). */
import { expect, test } from "vitest";
import { scenarios } from "./faults/scenarios.ts";
import { talk } from "./faults/talk.ts";
import { startWorld } from "./faults/world.ts";

const clean = { ackedLost: 0, storedTwice: 0, unshown: 0, shownTwice: 0, outOfOrder: 0, outboxesLeft: 0, offline: 0 };

test.each([
  ["roll", "[D3] a rolling deploy, a node every 3 s"],
  ["cut", "[D3] 30 % of the sockets cut every 3 s"],
  ["deaf", "[D3] five seconds in which nothing the nodes say arrives"],
  ["redis", "[D1] Redis killed twice, back after a second"],
])(
  "%s: %s, and nothing is lost, repeated or reordered",
  async (name) => {
    const scenario = scenarios[name]!;
    await using world = await startWorld({ nodes: scenario.nodes });
    const figures = await talk(world, scenario.talk);
    console.log(JSON.stringify({ scenario: name, ...figures }));
    expect(figures).toMatchObject({ ...clean, messages: figures.sent });
    expect(world.logs()).not.toMatch(/unhandled|a fault of ours/i);
  },
  120_000,
);

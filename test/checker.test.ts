/** What judges every run under faults sees each flaw alone: a run that is clean to it is clean. */
import { type AddressInfo, connect, createServer } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { freePort } from "../local/port.ts";
import { startBalancer } from "./faults/balancer.ts";
import { check, flaws, type Verdict } from "./faults/checker.ts";
import type { Field } from "./faults/field.ts";
import type { Guest } from "./faults/guests.ts";
import { type Figures, wrongs } from "./faults/talk.ts";

interface Seen {
  /** ids of the log's entries, all of them Ann's */
  log?: string[];
  acked?: string[];
  shown?: string[];
}

/** Ann, who wrote all there is, and Bob, who was shown what is given. */
async function verdictOf({ log = ["1", "2", "3"], acked = log, shown = log }: Seen, byName: boolean) {
  const entries = log.map((id) => ({ id, name: `ann:${id}` }));
  const guest = (id: string, sent: string[], ids: string[]) =>
    ({
      id,
      roomId: () => "room_a",
      sent: () => sent,
      acked: () => sent,
      shown: ids.map((one) => ({ id: one, name: `ann:${one}` })),
      screen: () => ids.map((one) => `ann:${one}`),
    }) as Partial<Guest> as Guest;
  const field = { logOf: () => Promise.resolve(entries) } as Partial<Field> as Field;
  return check(field, [[guest("ann", acked, [...new Set(log)]), guest("bob", [], shown)]], byName);
}

const zeros = { ackedLost: 0, storedTwice: 0, unshown: 0, shownTwice: 0, outOfOrder: 0 };

test.each<[string, Seen, Partial<Verdict>]>([
  ["nothing", {}, {}],
  ["what was acked and is not in the log", { acked: ["1", "2", "3", "4"] }, { ackedLost: 1 }],
  ["what is not shown", { shown: ["1", "2"] }, { unshown: 1 }],
  ["what is missing in the middle", { shown: ["1", "3"] }, { unshown: 1 }],
  ["what is shown twice", { shown: ["1", "2", "3", "3"] }, { shownTwice: 1, outOfOrder: 1 }],
  ["what is shown in another order", { shown: ["2", "1", "3"] }, { outOfOrder: 1 }],
  ["what is stored twice", { log: ["1", "2", "2"], shown: ["1", "2"] }, { storedTwice: 1, messages: 3 }],
])("[D3] the checker counts %s, and that alone", async (_, seen, expected) => {
  for (const byName of [false, true]) {
    const verdict = await verdictOf(seen, byName);
    expect(verdict).toEqual({ rooms: 1, messages: 3, ...zeros, ...expected });
    const { messages: _messages, ...counted } = expected;
    expect(flaws(verdict)).toBe(Object.values(counted).reduce((sum, one) => sum + one, 0));
  }
});

test("[D3] a run also fails by who stays away, what stays in an outbox and what nobody stored", () => {
  const clean = { rooms: 1, messages: 3, ...zeros, missing: 0, outboxesLeft: 0, offline: 0 };
  const judged = (one: Partial<Figures>) => wrongs({ ...clean, ...one });
  expect(
    [{}, { unshown: 1 }, { outboxesLeft: 1 }, { offline: 1 }, { missing: 1 }, { missing: -1 }].map(judged),
  ).toEqual([0, 1, 1, 1, 1, 1]);
});

test("the balancer sends whom a dead node refuses to another, however many come at once", async () => {
  const server = createServer((socket) => void socket.end("here").on("error", () => {}));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const [dead, alive] = [await freePort(), (server.address() as AddressInfo).port];
  await using balancer = await startBalancer([dead, alive]);
  const heard = await Promise.all(
    Array.from({ length: 200 }, () => text(connect(balancer.port, "127.0.0.1")).catch(() => "refused")),
  );
  expect(heard.filter((said) => said !== "here")).toEqual([]);
  await new Promise((resolve) => server.close(resolve));
});

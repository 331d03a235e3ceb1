/** Pairs that talk at a steady rate while something breaks, then fall silent until all has arrived. */
import { setTimeout as sleep } from "node:timers/promises";
import { begun, until } from "../support/until.ts";
import { check, flaws, type Verdict } from "./checker.ts";
import type { Field } from "./field.ts";
import type { Guest } from "./guests.ts";
import { any, seed } from "./random.ts";

export interface TalkOptions<Where extends Field = Field> {
  pairs: number;
  perSecond: number;
  forMs: number;
  everyMs: number;
  /** What breaks, each `everyMs`. */
  fault: (where: Where, round: number) => unknown;
  guest: (httpUrl: string) => Promise<Guest>;
  /** A second tab of one guest of each pair. */
  tab?: (httpUrl: string, guest: Guest) => Promise<Guest>;
  /** Logs are replaced: see check(). */
  byName?: boolean;
  settleMs?: number;
}

export interface Figures extends Verdict {
  seed: number;
  sent: number;
  faults: number;
  reconnects: number;
  reconnectP99Ms: number;
  /** From the last send, and the end of the last fault, until everybody was connected. */
  onlineMs: number;
  /** … and until everybody had everything. */
  settledMs: number;
  /** Asked to be sent, and in no log. */
  missing: number;
  outboxesLeft: number;
  offline: number;
}

/** All that is wrong with a run, counted: what is not as it should be in the logs, and who or what was left behind. */
export const wrongs = (figures: Verdict & Partial<Figures>): number =>
  flaws(figures) + Math.abs(figures.missing ?? 0) + (figures.outboxesLeft ?? 0) + (figures.offline ?? 0);

const BATCH = 25;

/** Makes guests in small batches, so that the machine is not the first fault. */
export async function makePairs(field: Field, count: number, guest: TalkOptions["guest"]): Promise<Guest[][]> {
  const guests: Guest[] = [];
  while (guests.length < 2 * count) {
    const some = await Promise.all(
      Array.from({ length: Math.min(BATCH, 2 * count - guests.length) }, () => guest(field.httpUrl)),
    );
    await Promise.all(some.map((one) => one.join([`faults ${seed}`])));
    guests.push(...some);
  }
  // Both sides of each: a match that only one was told of in time is undone.
  return begun("everybody is matched", () => {
    const byRoom = new Map<string | undefined, Guest[]>();
    for (const one of guests) byRoom.set(one.roomId(), [...(byRoom.get(one.roomId()) ?? []), one]);
    return !byRoom.has(undefined) && byRoom.size === count && [...byRoom.values()];
  });
}

export async function talk<Where extends Field>(field: Where, options: TalkOptions<Where>): Promise<Figures> {
  const rooms = await makePairs(field, options.pairs, options.guest);
  if (options.tab) for (const room of rooms) room.push(await options.tab(field.httpUrl, room[0]!));
  const guests = rooms.flat();
  await begun("every tab is in its room", () => guests.every((one) => one.roomId()));
  const end = Date.now() + options.forMs;
  let sent = 0;
  let faults = 0;
  const started = Date.now();
  let nextFault = started + options.everyMs / 2;
  let breaking: Promise<unknown> = Promise.resolve();
  while (Date.now() < end) {
    const due = ((Date.now() - started) / 1000) * options.perSecond;
    for (; sent < due; sent++) any(guests).send(`message ${sent}`);
    if (Date.now() > nextFault) {
      nextFault += options.everyMs;
      breaking = Promise.all([breaking, options.fault(field, faults++)]);
    }
    await sleep(5);
  }
  await breaking;
  const stopped = Date.now();
  const settleMs = options.settleMs ?? 60_000;
  // Who is not by then is counted as offline.
  await until("everybody is connected", () => guests.every((one) => one.online()), settleMs).catch(() => {});
  const onlineMs = Date.now() - stopped;
  // Silence first, then the logs: what is acked while they are read would be missing from what was read.
  const silent = () => guests.every((one) => one.idle() && one.online());
  let settled = silent();
  let verdict = await check(field, rooms, options.byName);
  // What is stored twice stays so, however long one waits.
  while (!(settled && flaws(verdict) === 0) && verdict.storedTwice === 0 && Date.now() - stopped < settleMs) {
    await sleep(field.readEveryMs);
    settled = silent();
    verdict = await check(field, rooms, options.byName);
  }
  const reconnects = guests.flatMap((one) => one.reconnects).toSorted((a, b) => a - b);
  const figures = {
    ...verdict,
    seed,
    sent,
    faults,
    reconnects: reconnects.length,
    reconnectP99Ms: reconnects[Math.floor(reconnects.length * 0.99)] ?? 0,
    onlineMs,
    settledMs: Date.now() - stopped,
    missing: sent - verdict.messages,
    outboxesLeft: guests.filter((one) => !one.idle()).length,
    offline: guests.filter((one) => !one.online()).length,
  };
  for (const one of guests) one.destroy();
  return figures;
}

/** Pairs that talk at a steady rate while something breaks, then fall silent until all has arrived. */
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../support/until.ts";
import { check, type Verdict } from "./checker.ts";
import type { Guest } from "./guests.ts";
import type { World } from "./world.ts";

export interface TalkOptions {
  pairs: number;
  perSecond: number;
  forMs: number;
  everyMs: number;
  /** What breaks, each `everyMs`. */
  fault: (world: World, round: number) => Promise<void> | void;
  guest: (httpUrl: string) => Promise<Guest>;
  settleMs?: number;
}

export interface Figures extends Verdict {
  sent: number;
  faults: number;
  reconnects: number;
  reconnectP99Ms: number;
  /** From the last send until everybody had everything. */
  settledMs: number;
  outboxesLeft: number;
  offline: number;
}

const BATCH = 25;

/** Makes guests in small batches, so that the machine is not the first fault. */
export async function makePairs(world: World, count: number, guest: TalkOptions["guest"]): Promise<[Guest, Guest][]> {
  const guests: Guest[] = [];
  while (guests.length < 2 * count) {
    const some = await Promise.all(
      Array.from({ length: Math.min(BATCH, 2 * count - guests.length) }, () => guest(world.httpUrl)),
    );
    await Promise.all(some.map((one) => one.join()));
    guests.push(...some);
  }
  await until("everybody is matched", () => guests.every((one) => one.roomId()), 30_000);
  const byRoom = new Map<string, Guest[]>();
  for (const one of guests) byRoom.set(one.roomId()!, [...(byRoom.get(one.roomId()!) ?? []), one]);
  return [...byRoom.values()] as [Guest, Guest][];
}

export async function talk(world: World, options: TalkOptions): Promise<Figures> {
  const pairs = await makePairs(world, options.pairs, options.guest);
  const guests = pairs.flat();
  const end = Date.now() + options.forMs;
  let sent = 0;
  let faults = 0;
  const started = Date.now();
  let nextFault = started + options.everyMs / 2;
  let breaking: Promise<void> = Promise.resolve();
  while (Date.now() < end) {
    const due = ((Date.now() - started) / 1000) * options.perSecond;
    for (; sent < due; sent++) guests[Math.floor(Math.random() * guests.length)]!.send(`message ${sent}`);
    if (Date.now() > nextFault) {
      nextFault += options.everyMs;
      breaking = Promise.all([breaking, options.fault(world, faults++)]).then(() => undefined);
    }
    await sleep(5);
  }
  await breaking;
  const stopped = Date.now();
  const settleMs = options.settleMs ?? 30_000;
  let verdict = await check(world.redis, pairs);
  const done = () => guests.every((one) => one.idle() && one.online()) && verdict.unshown === 0;
  while (!done() && Date.now() - stopped < settleMs) {
    await sleep(200);
    verdict = await check(world.redis, pairs);
  }
  const reconnects = guests.flatMap((one) => one.reconnects).toSorted((a, b) => a - b);
  const figures = {
    ...verdict,
    sent,
    faults,
    reconnects: reconnects.length,
    reconnectP99Ms: reconnects[Math.floor(reconnects.length * 0.99)] ?? 0,
    settledMs: Date.now() - stopped,
    outboxesLeft: guests.filter((one) => !one.idle()).length,
    offline: guests.filter((one) => !one.online()).length,
  };
  for (const one of guests) one.destroy();
  return figures;
}

/** Guests who come, wait, skip, leave and drop out at random, under an eye that knows the rules of matching. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { faultsOf, type Snapshot, snapshotInLua } from "../support/matching-oracle.ts";
import type { LightGuest } from "./crowd.ts";
import { random } from "./random.ts";

const told = (guest: LightGuest) => guest.heard.get("match:found") ?? [];

async function one(guest: LightGuest, end: number, pauseMs: number): Promise<void> {
  while (Date.now() < end) {
    await sleep(pauseMs * random());
    const roomId = (told(guest).at(-1) as { room: { id: string } } | undefined)?.room.id;
    const chance = random();
    if (chance < 0.02) guest.drop();
    else if (chance < 0.2) await guest.ask("match:leave", {});
    else if (chance < 0.4 && roomId) await guest.ask("match:skip", { roomId });
    else await guest.ask("match:join", { interests: random() < 0.5 ? [`topic ${Math.floor(random() * 20)}`] : [] });
  }
}

/**
 * @param pauseMs the longest between two things that one guest does
 * @returns how often all was looked at, how many pairs were made, and which rules were broken, in words
 */
export async function wander(redis: Redis, guests: LightGuest[], forMs: number, pauseMs = 2_000) {
  const end = Date.now() + forMs;
  const ids = guests.map(({ id }) => id);
  const all = guests.map((guest) => one(guest, end, pauseMs));
  const breaks = new Set<string>();
  let looks = 0;
  for (; Date.now() < end; looks++) {
    const snapshot = JSON.parse((await redis.eval(snapshotInLua, 0, ...ids)) as string) as Snapshot;
    for (const fault of faultsOf(snapshot)) breaks.add(fault);
    await sleep(500);
  }
  await Promise.all(all);
  return { looks, matches: guests.reduce((sum, guest) => sum + told(guest).length, 0) / 2, breaks: [...breaks] };
}

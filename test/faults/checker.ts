/** Compares three sets per room: acked by the server, in the log, shown to each member. */
import type { Field } from "./field.ts";
import type { Guest } from "./guests.ts";

export interface Verdict {
  rooms: number;
  messages: number;
  /** Acked (by name: sent), but not in the log. */
  ackedLost: number;
  /** In the log more than once. */
  storedTwice: number;
  /** In the log, but not shown to a member. */
  unshown: number;
  shownTwice: number;
  /** Members whose shown order is not the log's. */
  outOfOrder: number;
}

/**
 * @param rooms the guests (or tabs) of each room
 * @param byName compares what each has on the screen now, by sender and clientMessageId: for logs that were replaced, where
 * ids changed. Else everything ever shown counts, by id. What was ever shown twice counts by name either way.
 */
export async function check(field: Field, rooms: Guest[][], byName = false): Promise<Verdict> {
  const verdict: Verdict = {
    rooms: 0,
    messages: 0,
    ackedLost: 0,
    storedTwice: 0,
    unshown: 0,
    shownTwice: 0,
    outOfOrder: 0,
  };
  for (const members of rooms) {
    const roomId = members[0]!.roomId();
    if (!roomId) throw new Error("guests without a room");
    const entries = await field.logOf(members[0]!, roomId);
    const log = entries.map(({ id, name }) => (byName ? name : id));
    const names = new Set(entries.map(({ name }) => name));
    verdict.rooms += 1;
    verdict.messages += log.length;
    verdict.storedTwice += entries.length - names.size;
    for (const guest of members) {
      const kept = byName ? guest.sent() : guest.acked();
      verdict.ackedLost += kept.filter((id) => !names.has(`${guest.id}:${id}`)).length;
      const seen = byName ? guest.screen() : guest.shown.map(({ id }) => id);
      const shown = new Set(seen);
      verdict.shownTwice += guest.shown.length - new Set(guest.shown.map(({ name }) => name)).size;
      verdict.unshown += log.filter((one) => !shown.has(one)).length;
      const place = new Map(log.map((one, i) => [one, i]));
      const places = seen.map((one) => place.get(one) ?? -1);
      if (places.some((at, i) => i > 0 && at <= places[i - 1]!)) verdict.outOfOrder += 1;
    }
  }
  return verdict;
}

export const flaws = (verdict: Verdict): number =>
  verdict.ackedLost + verdict.storedTwice + verdict.unshown + verdict.shownTwice + verdict.outOfOrder;

/** Compares three sets per room: acked by the server, in the log, shown to each member. */
import type { Redis } from "ioredis";
import { messageId } from "../../shared/protocol/ids.ts";
import { key } from "../../shared/stores/keys.ts";
import type { Guest } from "./guests.ts";

export interface Verdict {
  rooms: number;
  messages: number;
  /** Acked, but not in the log. */
  ackedLost: number;
  /** In the log more than once. */
  storedTwice: number;
  /** In the log, but not shown to a member. */
  unshown: number;
  shownTwice: number;
  /** Members whose shown order is not the log's. */
  outOfOrder: number;
}

/** @param pairs the two guests of each room */
export async function check(redis: Redis, pairs: [Guest, Guest][]): Promise<Verdict> {
  const verdict: Verdict = {
    rooms: 0,
    messages: 0,
    ackedLost: 0,
    storedTwice: 0,
    unshown: 0,
    shownTwice: 0,
    outOfOrder: 0,
  };
  for (const pair of pairs) {
    const roomId = pair[0].roomId();
    if (!roomId) throw new Error("a pair without a room");
    const epoch = (await redis.hget(key("room", roomId), "epoch"))!;
    const entries = await redis.xrange(key("log", roomId), "-", "+");
    const log = entries.map(([id]) => messageId(epoch, Number.parseInt(id, 10)));
    const stored = entries.map(([, fields]) => (JSON.parse(fields[3]!) as { clientMessageId: string }).clientMessageId);
    const inLog = new Set(stored);
    verdict.rooms += 1;
    verdict.messages += log.length;
    verdict.storedTwice += stored.length - inLog.size;
    for (const guest of pair) {
      verdict.ackedLost += guest.acked().filter((id) => !inLog.has(id)).length;
      const shown = new Set(guest.shown);
      verdict.shownTwice += guest.shown.length - shown.size;
      verdict.unshown += log.filter((id) => !shown.has(id)).length;
      const place = new Map(log.map((id, i) => [id, i]));
      const places = guest.shown.map((id) => place.get(id) ?? -1);
      if (places.some((at, i) => i > 0 && at <= places[i - 1]!)) verdict.outOfOrder += 1;
    }
  }
  return verdict;
}

export const flaws = (verdict: Verdict): number =>
  verdict.ackedLost + verdict.storedTwice + verdict.unshown + verdict.shownTwice + verdict.outOfOrder;

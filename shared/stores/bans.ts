/** Who is kept out, for a time: guests by id, addresses by their pseudonyms. */
import { PasserbyError } from "../protocol/errors.ts";
import type { Ban } from "../protocol/index.ts";
import type { StoreContext } from "./index.ts";
import { key } from "./keys.ts";
import { page } from "./page.ts";

/** Says until when. */
export const banned = (untilMs: number): PasserbyError =>
  new PasserbyError("banned", `Banned until ${new Date(untilMs).toISOString()}`, {
    retryAfterMs: Math.max(0, untilMs - Date.now()),
  });

export interface Sentence {
  /** Whose: to be banned themselves, or the one whose addresses are. */
  userId: string;
  guest: boolean;
  address: boolean;
  /** Pseudonyms that are known from elsewhere, for a guest who is gone. */
  addresses?: string[];
  durationMs: number;
  reason?: string | undefined;
}

interface Note {
  createdAt: string;
  reason?: string;
}

export function banStore({ redis, run }: StoreContext) {
  const toBan = (id: string, untilMs: number, note: Note): Ban => ({
    id,
    kind: id.startsWith("usr_") ? "guest" : "address",
    ...note,
    expiresAt: new Date(untilMs).toISOString(),
  });

  return {
    /** Begins at once: sockets on all nodes are closed, queue, pair and rooms are left. @throws `not-found` where nobody is left to ban */
    async ban({ userId, guest, address, addresses = [], durationMs, reason }: Sentence): Promise<Ban[]> {
      const note: Note = { createdAt: new Date().toISOString(), ...(reason !== undefined && { reason }) };
      const more = address ? addresses : [];
      const [ends, ...ids] = (await run(
        "ban",
        userId,
        guest ? 1 : 0,
        address ? 1 : 0,
        durationMs,
        JSON.stringify(note),
        ...more,
      )) as string[];
      if (ids.length === 0)
        throw new PasserbyError("not-found", "That guest is gone, and no address of theirs is known");
      return ids.map((id) => toBan(id, Number(ends), note));
    },

    /** Closes the sockets of a guest and ends what they are in, for the ban of an address that still stands. */
    async evict(userId: string, address: string): Promise<void> {
      await run("guest_evict", userId, address);
    },

    /** Those that end last come first. */
    async list(cursor: string | undefined, limit: number): Promise<{ bans: Ban[]; cursor?: string }> {
      const { entries, next } = await page(redis, key("bans"), cursor, limit);
      const notes = entries.length > 0 ? await redis.hmget(key("banNotes"), ...entries.map(({ id }) => id)) : [];
      const bans = entries.flatMap(({ id, score }, i) => {
        const note = notes[i];
        return note && score > Date.now() ? [toBan(id, score, JSON.parse(note) as Note)] : [];
      });
      return { bans, ...(next !== undefined && { cursor: next }) };
    },

    /** @throws `not-found` */
    async lift(id: string): Promise<void> {
      const [[, removed]] = (await redis.multi().zrem(key("bans"), id).hdel(key("banNotes"), id).exec()) as [
        [unknown, number],
      ];
      if (removed === 0) throw new PasserbyError("not-found", "There is no such ban, or not any more");
    },
  };
}

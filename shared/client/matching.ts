/** Looking for somebody. The wishes are remembered: a search survives a lost connection, a dead node, a reload. */
import { PasserbyError } from "../protocol/errors.ts";
import type { MatchState, Wishes } from "../protocol/index.ts";
import { mayRetry, persist, type Sleep } from "./backoff.ts";
import type { Request } from "./requests.ts";

/** `joining`: asked for, not yet answered. */
export type Match = MatchState | { state: "joining" };

/** What is kept over a reload. */
export interface Search {
  wishes: Wishes;
  searching: boolean;
}

export interface MatchingOptions {
  request: Request;
  get: () => Match;
  set: (match: Match) => void;
  load: () => Search | undefined;
  save: (search: Search) => void;
  /** A pair that was made while the guest was leaving the queue: the leaving ends it. */
  onCancelled: (roomId: string) => void;
  /** The server says we are matched in that room. */
  onMatched: (roomId: string) => void;
  sleep?: Sleep;
}

export function createMatching({ request, get, set, load, save, onCancelled, onMatched, sleep }: MatchingOptions) {
  let wishes: Wishes = load()?.wishes ?? {};
  let searching = load()?.searching ? wishes : undefined;
  let skipping: string | undefined;
  let leaving = false;
  /** The last that the guest did was to leave. */
  let cancelled = false;
  /** Grows with all that the guest wants and the server says by itself: an answer asked for before is out of date. */
  let version = 0;

  function want(next: Wishes | undefined) {
    if (next === searching) return;
    searching = next;
    if (next) wishes = next;
    save({ wishes, searching: next !== undefined });
  }

  function apply(match: MatchState) {
    version += 1;
    if (match.state === "queued") want(searching ?? wishesOf(match));
    else want(undefined);
    set(match);
    if (match.state === "matched") onMatched(match.roomId);
  }

  /** Asks until answered. Not repeated blindly over connections: what the next welcome says may have answered it. */
  async function search(ask: () => Promise<MatchState>): Promise<void> {
    const mine = ++version;
    cancelled = false;
    set({ state: "joining" });
    try {
      const match = await persist(ask, () => mine === version, sleep);
      if (mine === version) apply(match);
    } catch (error) {
      if (mine !== version) return;
      want(undefined);
      set({ state: "idle" });
      throw error;
    }
  }

  const join = (next: Wishes) => search(() => request("match:join", next, { once: true }));

  async function skip(roomId: string): Promise<void> {
    const next = wishes;
    skipping = roomId;
    const ask = async () => {
      try {
        return await request("match:skip", { roomId }, { once: true });
      } catch (error) {
        if (error instanceof PasserbyError && mayRetry(error)) throw error;
        // The pair is gone already: what is left to do is to search.
        return request("match:join", next, { once: true });
      }
    };
    await search(ask).finally(() => (skipping = undefined));
  }

  return {
    /** The latest wishes, for "next". */
    wishes: () => wishes,

    /** Resolves when the server has answered; rejects with the PasserbyError that ended the search. */
    join(next: Wishes): Promise<void> {
      want(next);
      return join(next);
    },

    /** Leaves the pair and searches on with the same wishes. */
    skip(roomId: string): Promise<void> {
      want(wishes);
      return skip(roomId);
    },

    async leave(): Promise<void> {
      const mine = ++version;
      want(undefined);
      set({ state: "idle" });
      skipping = undefined;
      leaving = cancelled = true;
      try {
        const match = await persist(
          () => request("match:leave", {}, { once: true }),
          () => mine === version,
          sleep,
        );
        if (mine === version) apply(match);
      } catch (error) {
        if (mine === version) throw error;
      } finally {
        leaving = false;
      }
    },

    /** What the server knew when this connection began. */
    welcome(match: MatchState) {
      if (leaving && match.state === "queued") return;
      const ignore = () => {};
      if (match.state === "matched" && match.roomId === skipping) skip(match.roomId).catch(ignore);
      else if (match.state === "idle" && searching) join(searching).catch(ignore);
      else apply(match);
    },

    /** `match:queued` */
    queued(match: MatchState) {
      if (match.state === "queued" && !leaving) cancelled = false; // another tab searches
      if (!leaving || match.state !== "queued") apply(match);
    },

    /** `match:found` */
    found(roomId: string) {
      if (cancelled) onCancelled(roomId);
      apply({ state: "matched", roomId });
    },

    /** The pair is over. */
    ended(roomId: string) {
      const match = get();
      if (match.state === "matched" && match.roomId === roomId) set({ state: "idle" });
    },
  };
}

function wishesOf({ criteria }: Extract<MatchState, { state: "queued" }>): Wishes {
  const { interests, language, media } = criteria;
  return { interests, ...(language && { language }), media };
}

/** Who is here, by leases: a guest's first and last socket on a node, the node's heartbeat, the reaper, the numbers. */
import { PasserbyError } from "../protocol/errors.ts";
import { limits } from "../protocol/limits.ts";
import { banned } from "./bans.ts";
import { batch } from "./batch.ts";
import type { StoreContext } from "./index.ts";
import { connectionLeaseMs, pairLeaseMs } from "./leases.ts";
import { eventWindowMs } from "./limits.ts";
import type { Reply } from "./scripts.ts";

export interface Opened {
  username: string;
  pair?: string;
  /** A place in the match queue is still held. */
  queued: boolean;
  rooms: string[];
}

export interface BeatAnswer {
  userId: string;
  ended: boolean;
  bannedUntilMs?: number;
}

/** Where many come at once they are opened some at a time: a trip to Redis for two costs it half of what one for sixteen does. */
const PACE_MS = 5;

export function presenceStore({ run, config, pseudonyms }: StoreContext) {
  const openAll = batch(
    async (guests: string[][]) => {
      const lease = pairLeaseMs(config.pairGraceMs);
      const terms = [connectionLeaseMs, config.sessionTtlMs, lease, config.eventsPerMinute, eventWindowMs];
      return (await run("guest_open", ...terms, ...guests.flat())) as Reply[];
    },
    32,
    PACE_MS,
  );

  return {
    /**
     * A guest's socket on this node.
     * @param handshake it has just come; these are counted over all nodes: each is answered with all that the guest has
     * @throws `session-ended`, `banned`; of a handshake `rate-limited` too
     */
    async open(userId: string, nodeId: string, network?: string, handshake = false): Promise<Opened> {
      const from = await pseudonyms(network);
      const reply = await openAll([userId, nodeId, handshake ? "1" : "0", String(from.length), ...from]);
      if (typeof reply === "number") throw banned(reply);
      const [username, pair, ticket, ...rooms] = reply as [(string | number)?, string?, number?, ...string[]];
      if (username === undefined) throw new PasserbyError("session-ended");
      if (typeof username === "number") throw new PasserbyError("rate-limited", undefined, { retryAfterMs: username });
      return { username, ...(pair && { pair }), queued: ticket === 1, rooms };
    },

    /** A guest's last socket on this node is gone. */
    async close(userId: string, nodeId: string): Promise<void> {
      await run("guest_close", userId, nodeId, config.pairGraceMs);
    },

    /** Renews the leases of a batch of this node's guests. */
    async beat(nodeId: string, guests: { userId: string; active: boolean }[]): Promise<BeatAnswer[]> {
      const args = guests.flatMap(({ userId, active }) => [userId, active ? "1" : "0"]);
      const lease = pairLeaseMs(config.pairGraceMs);
      const reply = await run("beat", nodeId, connectionLeaseMs, lease, config.sessionTtlMs, ...args);
      return (reply as string[]).map((said, i) => ({
        userId: guests[i]!.userId,
        ended: said === "-",
        ...(said.startsWith("!") && { bannedUntilMs: Number(said.slice(1)) }),
      }));
    },

    /** Takes what ran out: presence, pairs, sessions, nodes. Any node may call it, each entry is taken once. */
    async reap(): Promise<void> {
      await run("reap", limits.activeMs, config.pairGraceMs, limits.forgottenAtOnce);
    },
  };
}

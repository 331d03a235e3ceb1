/** Who is here, by leases: a guest's first and last socket on a node, the node's heartbeat, the reaper, the numbers. */
import { PasserbyError } from "../protocol/errors.ts";
import { limits } from "../protocol/limits.ts";
import type { Stats } from "../protocol/index.ts";
import { banned } from "./bans.ts";
import type { StoreContext } from "./index.ts";
import { key } from "./keys.ts";
import { connectionLeaseMs, pairLeaseMs, ticketLeaseMs } from "./leases.ts";

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
  pair?: string;
}

export function presenceStore({ redis, run, config, pseudonyms }: StoreContext) {
  return {
    /** A guest's socket on this node. @throws `session-ended`, `banned` */
    async open(userId: string, nodeId: string, network?: string): Promise<Opened> {
      const lease = pairLeaseMs(config.pairGraceMs);
      const from = await pseudonyms(network);
      const reply = await run("guest_open", userId, nodeId, connectionLeaseMs, config.sessionTtlMs, lease, ...from);
      const [username, pair, ticket, ...rooms] = reply as [(string | number)?, string?, number?, ...string[]];
      if (typeof username === "number") throw banned(username);
      if (username === undefined) throw new PasserbyError("session-ended");
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
      const reply = await run("beat", nodeId, connectionLeaseMs, ticketLeaseMs, lease, config.sessionTtlMs, ...args);
      return (reply as string[]).map((pair, i) => ({
        userId: guests[i]!.userId,
        ended: pair === "-",
        ...(pair.startsWith("!") && { bannedUntilMs: Number(pair.slice(1)) }),
        ...(pair !== "" && !/^[-!]/.test(pair) && { pair }),
      }));
    },

    /** Takes what ran out: presence, pairs, sessions, nodes. Any node may call it, each entry is taken once. */
    async reap(): Promise<void> {
      await run("reap", limits.activeMs, config.pairGraceMs, limits.forgottenAtOnce);
    },

    /** The live numbers, each one range count over an index. */
    async stats(): Promise<Stats> {
      const now = Date.now();
      const replies = await redis
        .pipeline()
        .zcount(key("online"), now, "+inf")
        .zcount(key("queueLease"), now, "+inf")
        .zcount(key("pairs"), now, "+inf")
        .zcount(key("active"), now - limits.activeMs, "+inf")
        .zcount(key("sessions"), now, "+inf")
        .get(key("total"))
        .zcard(key("pairRooms"))
        .zcard(key("groupRooms"))
        .exec();
      const [online, searching, connected, activeUsers, active, total, pair, group] = (replies ?? []).map(
        ([error, value]) => {
          if (error) throw error;
          return Number(value ?? 0);
        },
      ) as [number, number, number, number, number, number, number, number];
      return {
        guests: { online, searching, connected },
        activeUsers,
        sessions: { active, total },
        rooms: { pair, group },
        timestamp: new Date(now).toISOString(),
      };
    },
  };
}

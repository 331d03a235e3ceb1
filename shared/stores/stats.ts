/** The numbers, and whether Redis answers at all. Reads alone: what shows them needs no script and no schema. */
import type { Redis } from "ioredis";
import type { Config } from "../config.ts";
import { limits } from "../protocol/limits.ts";
import type { RouteAnswer, Stats } from "../protocol/index.ts";
import { key } from "./keys.ts";
import { eventWindowMs } from "./limits.ts";
import type { NodeReport } from "./nodes.ts";

/** Redis' own clock, by which the indexes were written. */
async function nowOf(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
}

export function statsStore({ redis, config }: { redis: Redis; config: Config }) {
  return {
    /** The live numbers, each one range count over an index. */
    async live(): Promise<Stats> {
      const now = await nowOf(redis);
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

    /** The socket tier, node by node. */
    async nodes(): Promise<RouteAnswer<"GET /api/socket/stats">> {
      const now = await nowOf(redis);
      const ids = await redis.zrange(key("nodes"), now, "+inf", "BYSCORE");
      const texts = ids.length > 0 ? await redis.mget(ids.map((id) => key("node", id))) : [];
      const reports = texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as NodeReport]));
      const sum = (field: "sockets" | "rooms" | "limited") =>
        reports.reduce((total, report) => total + report[field], 0);
      const [pair, group] = await Promise.all([redis.zcard(key("pairRooms")), redis.zcard(key("groupRooms"))]);
      return {
        connectedSockets: sum("sockets"),
        rooms: pair + group,
        namespaces: [{ name: "/", sockets: sum("sockets") }],
        rateLimit: { points: config.eventsPerMinute, windowMs: eventWindowMs, limited: sum("limited") },
        nodes: reports.map(({ limited: _limited, ...node }) => node),
        timestamp: new Date(now).toISOString(),
      };
    },

    /** Does Redis answer, and may it be written to? */
    async ping(): Promise<boolean> {
      try {
        return (await redis.set(key("ready"), 1, "PX", 1_000)) === "OK";
      } catch {
        return false;
      }
    },
  };
}

export type StatsStore = ReturnType<typeof statsStore>;

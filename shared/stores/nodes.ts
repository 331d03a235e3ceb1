/** The socket tier's nodes: each says it lives by a lease, and has an inbox that exists as long. */
import type { NodeStats, RouteAnswer } from "../protocol/index.ts";
import type { StoreContext } from "./index.ts";
import { key } from "./keys.ts";
import { connectionLeaseMs } from "./leases.ts";

/** What a node says of itself; `limited` = refusals by the event limit in the last minute. */
export type NodeReport = NodeStats & { limited: number };

export const eventWindowMs = 60_000;

export function nodeStore({ redis, run, config }: StoreContext) {
  return {
    /**
     * @returns Redis' clock, for how long the oldest entry of the node's inbox has been lying there unread, and whether it had
     * no inbox until now: what was meant for it is lost
     */
    async beat(report: NodeReport): Promise<{ redisNowMs: number; inboxLagMs: number; inboxMade: boolean }> {
      const reply = await run("node_beat", report.id, connectionLeaseMs, JSON.stringify(report));
      const [redisNowMs, oldestMs, made] = reply as [number, number, number];
      const inboxLagMs = oldestMs === 0 ? 0 : Math.max(0, redisNowMs - oldestMs);
      return { redisNowMs, inboxLagMs, inboxMade: made === 1 };
    },

    async leave(nodeId: string): Promise<void> {
      await run("node_leave", nodeId);
    },

    async socketStats(): Promise<RouteAnswer<"GET /api/socket/stats">> {
      const ids = await redis.zrange(key("nodes"), Date.now(), "+inf", "BYSCORE");
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
        timestamp: new Date().toISOString(),
      };
    },
  };
}

/** The socket tier's nodes: each says it lives by a lease, and has an inbox that exists as long. */
import type { NodeStats } from "../protocol/index.ts";
import type { StoreContext } from "./index.ts";
import { connectionLeaseMs } from "./leases.ts";

/** What a node says of itself; `limited` = refusals by the event limit in the last minute. */
export type NodeReport = NodeStats & { limited: number };

export function nodeStore({ run }: StoreContext) {
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
  };
}

/** A ban of an address, at the sockets: only the node that holds a connection knows where it comes from. */
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { NodeContext } from "./context.ts";
import type { InboxHandlers } from "./inbox.ts";

/** Keyed hashes of so many guests' addresses are a few milliseconds, in which nothing else happens here. */
const BATCH = 200;
/** Said once: where Redis fails in the middle of it nobody will say it again. */
const AGAIN_MS = { first: 200, most: 5_000 };

export const bansInbox = (ctx: NodeContext): InboxHandlers => {
  const { guests, stores, fanOut, logger } = ctx;

  /** Connections of one address are one question. */
  async function evictFrom(address: string): Promise<void> {
    const asked = new Map<string, Promise<string[]>>();
    const isThere = async (network: string) => {
      if (!asked.has(network)) asked.set(network, stores.pseudonyms(network));
      return (await asked.get(network)!).includes(address);
    };
    for (const [i, guest] of guests.all().entries()) {
      if (i % BATCH === BATCH - 1) await nextTurn();
      const networks = [...guest.sockets].map(({ data }) => data.address);
      const there = await Promise.all(networks.map(isThere));
      if (there.includes(true)) await stores.bans.evict(guest.id, address);
    }
  }

  async function untilDone(address: string, untilMs: number): Promise<void> {
    for (let againMs = AGAIN_MS.first; ctx.state !== "draining";) {
      try {
        return await evictFrom(address);
      } catch (error) {
        logger.warn({ err: error }, "ban half done: again");
      }
      if (Date.now() > untilMs) return; // this node's clock may be ahead of Redis'
      await sleep(againMs, undefined, { ref: false });
      againMs = Math.min(AGAIN_MS.most, 2 * againMs);
    }
  }

  return {
    banned({ address, until }) {
      fanOut.touchAll(); // where those come from who are just coming in only a new look says
      void untilDone(address!, Number(until));
    },
  };
};

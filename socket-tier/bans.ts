/** A ban of an address, at the sockets: only the node that holds a connection knows where it comes from. */
import type { NodeContext } from "./context.ts";
import type { InboxHandlers } from "./inbox.ts";

export const bansInbox = ({ guests, stores, logger }: NodeContext): InboxHandlers => {
  /** Connections of one address are one question. */
  async function evictFrom(address: string, untilMs: number): Promise<void> {
    const asked = new Map<string, Promise<string[]>>();
    const isThere = async (network: string) => {
      if (!asked.has(network)) asked.set(network, stores.pseudonyms(network));
      return (await asked.get(network)!).includes(address);
    };
    for (const guest of guests.all()) {
      const networks = [...guest.sockets].map(({ data }) => data.address);
      const there = await Promise.all(networks.map(isThere));
      if (there.includes(true)) await stores.bans.evict(guest.id, untilMs);
    }
  }

  return {
    banned({ address, until }) {
      evictFrom(address!, Number(until)).catch((error: unknown) => logger.warn({ err: error }, "ban half done"));
    },
  };
};

import { isIPv4, isIPv6 } from "node:net";
import type { Request } from "express";

/** One guest of IPv6 has a whole /64 to choose from, so the network counts; a mapped IPv4 address is itself. */
function network(address: string): string {
  if (!address.includes(":")) return address; // before the costly look at IPv6
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  if (!isIPv6(address)) return address;
  const [head = "", tail = ""] = address.split("%")[0]!.split("::");
  const [left, right] = [head.split(":").filter(Boolean), tail.split(":").filter(Boolean)];
  const zeros = Array<string>(Math.max(0, 8 - left.length - right.length)).fill("0");
  const groups = address.includes("::") ? [...left, ...zeros, ...right] : left;
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}

/**
 * A client's address, trusting X-Forwarded-For for exactly `hops` proxies in front of us (TRUSTED_PROXIES).
 * @param peer the address the connection came from
 */
export function addressOf(peer = "unknown", forwardedFor: string | string[] | undefined, hops: number): string {
  const forwarded = String(forwardedFor ?? "")
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => isIPv4(entry) || isIPv6(entry))
    .toReversed();
  const chain = forwarded[0] === peer ? forwarded : [peer, ...forwarded];
  return network(chain[Math.min(hops, chain.length - 1)]!);
}

/** The same for a request; API Gateway writes the peer it saw as the header's last entry. */
export const clientAddress = (req: Request, hops: number): string =>
  addressOf(req.socket.remoteAddress, req.headers["x-forwarded-for"], hops);

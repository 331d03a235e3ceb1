/**
 * What stands for a client's address wherever one has to be remembered: an HMAC under the day's key. The key is in Redis alone
 * and destroyed after four days, and with it every way back. A session may hold such a pseudonym for a day, a report of it for
 * another, a ban that follows for a third: so a ban is always by a key that is still there.
 */
import { createHmac, randomBytes } from "node:crypto";
import type { Redis } from "ioredis";
import { key } from "./keys.ts";

const DAY_MS = 24 * 3_600_000;
const DAYS = 4;
/** A Redis that came back empty has other keys; nobody may use the old ones for long. */
const KNOWN_MS = 60_000;
/** Each handshake asks, a carrier's NAT for hundreds: of so many addresses they are kept as long as the keys. */
const MOST = 10_000;

/** The address' pseudonyms under all keys that live, today's first. @param network as `addressOf` gives it: of IPv6 the /64 */
export type Pseudonyms = (network?: string) => Promise<string[]>;

export function addressPseudonyms(redis: Redis): Pseudonyms {
  let known: { day: number; keys: Promise<string[]>; made: Map<string, string[]> } | undefined;

  async function fetch(day: number): Promise<string[]> {
    const days = Array.from({ length: DAYS }, (_, ago) => key("addressKey", String(day - ago)));
    const made = randomBytes(32).toString("base64url");
    await redis.set(days[0]!, made, "PXAT", (day + DAYS) * DAY_MS, "NX");
    const keys = await redis.mget(days);
    return keys.filter((one) => one !== null);
  }

  function knownNow() {
    const day = Math.floor(Date.now() / DAY_MS);
    if (known?.day === day) return known;
    const mine = (known = { day, keys: fetch(day), made: new Map<string, string[]>() });
    const forget = () => known === mine && (known = undefined);
    mine.keys.catch(forget);
    setTimeout(forget, KNOWN_MS).unref();
    return mine;
  }

  return async (network) => {
    if (network === undefined || network === "unknown") return [];
    const { keys, made } = knownNow();
    const before = made.get(network);
    if (before) return before;
    const pseudonyms = (await keys).map(
      (secret) => `adr_${createHmac("sha256", secret).update(network).digest("base64url").slice(0, 22)}`,
    );
    if (made.size < MOST) made.set(network, pseudonyms);
    return pseudonyms;
  };
}

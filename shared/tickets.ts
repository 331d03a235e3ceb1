/** Leave to read one upload until it expires, for `<img>` and `<audio>`, which send no token. Part of the message's attachment url. */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { TokenKey } from "./tokens.ts";

const sign = (secret: string, uploadId: string, expires: string) =>
  createHmac("sha256", secret).update(`upload-ticket:${uploadId}:${expires}`).digest("base64url");

/** `<expiry, seconds in base 36>.<HMAC-SHA256>`. Signs with the first key, checks with all, as tokens do. */
export function createTickets(keys: readonly TokenKey[]) {
  return {
    issue(uploadId: string, expiresAtMs: number): string {
      const expires = Math.ceil(expiresAtMs / 1000).toString(36);
      return `${expires}.${sign(keys[0]!.secret, uploadId, expires)}`;
    },
    check(uploadId: string, ticket: string): "good" | "expired" | "wrong" {
      const [expires = "", given = ""] = ticket.split(".");
      if (!/^[0-9a-z]{1,9}$/.test(expires)) return "wrong";
      const ours = keys.some(({ secret }) => {
        const [right, theirs] = [Buffer.from(sign(secret, uploadId, expires)), Buffer.from(given)];
        return right.length === theirs.length && timingSafeEqual(right, theirs);
      });
      if (!ours) return "wrong";
      return Number.parseInt(expires, 36) * 1000 > Date.now() ? "good" : "expired";
    },
  };
}

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
    isValid(uploadId: string, ticket: string): boolean {
      const [expires = "", given = ""] = ticket.split(".");
      if (!/^[0-9a-z]{1,9}$/.test(expires) || Number.parseInt(expires, 36) * 1000 <= Date.now()) return false;
      return keys.some(({ secret }) => {
        const [ours, theirs] = [Buffer.from(sign(secret, uploadId, expires)), Buffer.from(given)];
        return ours.length === theirs.length && timingSafeEqual(ours, theirs);
      });
    },
  };
}

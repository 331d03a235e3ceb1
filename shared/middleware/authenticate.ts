import type { Request } from "express";
import { PasserbyError } from "../protocol/errors.ts";
import type { RouteSpec } from "../protocol/wire.ts";
import type { Tokens } from "../tokens.ts";

/**
 * Who asks, by the token alone (no look-up): undefined where the route needs nobody.
 * `ticket`: the token, or a ticket in the query that the route itself checks.
 * @throws PasserbyError `unauthenticated` or `token-expired`
 */
export function authenticate(tokens: Tokens, auth: RouteSpec["auth"], req: Request): string | undefined {
  if (auth === "none" || auth === "admin") return undefined; // the operator is let in by admin.ts
  const header = req.headers.authorization;
  if (auth === "ticket" && header === undefined && typeof req.query["ticket"] === "string") return undefined;
  const token = /^Bearer ([\w.~+/=-]+)$/i.exec(header ?? "")?.[1];
  if (token === undefined) throw new PasserbyError("unauthenticated");
  return tokens.verify(token, auth === "expired-bearer" ? "refreshable" : "live");
}

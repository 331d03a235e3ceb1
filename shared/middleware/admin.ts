import type { Request, Response } from "express";
import { isAdmin } from "../admin.ts";
import type { Config } from "../config.ts";
import { PasserbyError } from "../protocol/errors.ts";
import { clientAddress } from "./client-address.ts";
import type { HttpLimit } from "./rate-limit.ts";

/**
 * Lets the operator in, by ADMIN_TOKEN as bearer. Counted before it is looked at: guessing is what the limit is for.
 * @throws `not-found` without ADMIN_TOKEN: then these routes are not there at all; `rate-limited`, `unauthenticated`
 */
export async function admitOperator(config: Config, limit: HttpLimit, req: Request, res: Response): Promise<void> {
  const { admin } = config.secrets;
  if (admin === undefined) throw new PasserbyError("not-found");
  await limit(res, clientAddress(req, config.trustedProxies));
  if (!isAdmin(req.headers.authorization, admin)) throw new PasserbyError("unauthenticated");
}

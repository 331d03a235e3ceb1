/** The operator's routes: ADMIN_TOKEN as bearer. Unset, they are not there at all. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Request, Response } from "express";
import type { Config } from "../config.ts";
import { PasserbyError } from "../protocol/errors.ts";
import { clientAddress } from "./client-address.ts";
import type { HttpLimit } from "./rate-limit.ts";

/** Of one length, so that comparing takes one time. */
const digest = (text: string) => createHash("sha256").update(text).digest();

/**
 * Lets the operator in. Counted before it is looked at: guessing is what the limit is for.
 * @throws `not-found` without ADMIN_TOKEN, `rate-limited`, `unauthenticated`
 */
export async function admitOperator(config: Config, limit: HttpLimit, req: Request, res: Response): Promise<void> {
  const { admin } = config.secrets;
  if (admin === undefined) throw new PasserbyError("not-found");
  await limit(res, clientAddress(req, config.trustedProxies));
  const given = /^Bearer (\S{1,512})$/i.exec(req.headers.authorization ?? "")?.[1];
  if (given === undefined || !timingSafeEqual(digest(given), digest(admin))) throw new PasserbyError("unauthenticated");
}

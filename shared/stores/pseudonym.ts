/** Whom a limit counts, without saying so: neither a guest's id nor an address stands in Redis, nor outlives the guest there (S4). */
import { createHmac } from "node:crypto";
import type { Config } from "../config.ts";

/** @returns the name under which `who` is counted; keyed, so that it tells nothing without the secret */
export const pseudonymFor =
  ({ secrets }: Config, limit: string) =>
  (who: string): string =>
    createHmac("sha256", secrets.jwtKeys[0]!.secret).update(`${limit}:${who}`).digest("base64url").slice(0, 22);

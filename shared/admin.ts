/** Who shows the operator's token. */
import { createHash, timingSafeEqual } from "node:crypto";

const digest = (text: string) => createHash("sha256").update(text).digest();

/** @param authorization the request's header; without ADMIN_TOKEN nobody is the operator */
export function isAdmin(authorization: string | undefined, adminToken: string | undefined): boolean {
  const shown = /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1];
  return shown !== undefined && adminToken !== undefined && timingSafeEqual(digest(shown), digest(adminToken));
}

/** Credentials of a guest's own for the operator's TURN server, good for a few minutes (TURN REST API: use-auth-secret of coturn). */
import { createHmac } from "node:crypto";
import type { Config } from "./config.ts";
import { limits } from "./protocol/limits.ts";

interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}

/** The TURN server's log is not ours: it gets a keyed pseudonym, not the public id that others know the guest by. */
const pseudonym = (secret: string, userId: string) =>
  createHmac("sha256", secret).update(`turn-user:${userId}`).digest("base64url").slice(0, 22);

export function createIceServers({ stunUrls, turnUrls, secrets }: Config) {
  /** STUN and TURN servers for this guest (C6). `expiresAt`: how long the credentials open a new allocation. */
  return (userId: string): { iceServers: IceServer[]; expiresAt: string } => {
    const expiresS = Math.floor((Date.now() + limits.turnTtlMs) / 1000);
    const iceServers: IceServer[] = stunUrls.length > 0 ? [{ urls: stunUrls }] : [];
    if (turnUrls.length > 0) {
      const username = `${expiresS}:${pseudonym(secrets.turn!, userId)}`;
      // SHA-1 is what the TURN REST API says, and what servers check.
      const credential = createHmac("sha1", secrets.turn!).update(username).digest("base64");
      iceServers.push({ urls: turnUrls, username, credential });
    }
    return { iceServers, expiresAt: new Date(expiresS * 1000).toISOString() };
  };
}

export type IceServers = ReturnType<typeof createIceServers>;

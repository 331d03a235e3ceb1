/** Guest tokens: JWT (RFC 7519), HS256 only, `kid` chooses the key, issuer and audience checked. Synchronous, so it may sit on the socket path. */
import { createDecoder, createSigner, createVerifier, TokenError } from "fast-jwt";
import { PasserbyError } from "./protocol/errors.ts";
import { idPattern } from "./protocol/ids.ts";
import { limits } from "./protocol/limits.ts";

const ISSUER = "passerby";
const AUDIENCE = "passerby-guest";
const MAX_TOKEN_LENGTH = 2048;
const userIdPattern = idPattern("usr");

export interface TokenKey {
  kid: string;
  secret: string;
}

/**
 * Signs with the first key, verifies with all: rotate by A → B,A → B.
 * `verify` throws PasserbyError `unauthenticated` or `token-expired`.
 */
export function createTokens(keys: readonly TokenKey[], ttlMs: number = limits.tokenTtlMs) {
  const [newest] = keys;
  if (!newest) throw new Error("at least one key is needed");
  const sign = createSigner({
    key: newest.secret,
    algorithm: "HS256",
    kid: newest.kid,
    expiresIn: ttlMs,
    iss: ISSUER,
    aud: AUDIENCE,
  });
  const decodeHeader = createDecoder({ complete: true });
  const verifiers = new Map(
    keys.map(({ kid, secret }) => {
      const rules = {
        key: secret,
        algorithms: ["HS256" as const],
        allowedIss: ISSUER,
        allowedAud: AUDIENCE,
        requiredClaims: ["exp", "sub"],
      };
      // A token past its `exp` may still be refreshed for a day, so that a laptop that slept keeps its guest.
      const grace = limits.tokenRefreshGraceMs;
      return [kid, { live: createVerifier(rules), refreshable: createVerifier({ ...rules, clockTolerance: grace }) }];
    }),
  );

  /** By a token's first part, which is the same of all that one key signed; filled by tokens that were good, so it stays small. */
  const byHeader = new Map<string, NonNullable<ReturnType<typeof verifiers.get>>>();
  function verifierOf(token: string) {
    const { header } = decodeHeader(token) as { header: { kid?: unknown } };
    return typeof header.kid === "string" ? verifiers.get(header.kid) : undefined;
  }

  function verify(token: unknown, kind: "live" | "refreshable" = "live"): string {
    if (typeof token !== "string" || token === "" || token.length > MAX_TOKEN_LENGTH)
      throw new PasserbyError("unauthenticated");
    try {
      const header = token.slice(0, token.indexOf("."));
      const verifier = byHeader.get(header) ?? verifierOf(token);
      if (!verifier) throw new PasserbyError("unauthenticated");
      const { sub } = verifier[kind](token) as { sub?: unknown };
      byHeader.set(header, verifier);
      if (typeof sub !== "string" || !userIdPattern.test(sub)) throw new PasserbyError("unauthenticated");
      return sub;
    } catch (error) {
      if (error instanceof TokenError && error.code === TokenError.codes.expired)
        throw new PasserbyError("token-expired");
      throw new PasserbyError("unauthenticated");
    }
  }

  return {
    /** @returns the token and when it expires */
    issue(userId: string): { token: string; expiresAt: string } {
      return { token: sign({ sub: userId }), expiresAt: new Date(Date.now() + ttlMs).toISOString() };
    },
    verify,
  };
}

export type Tokens = ReturnType<typeof createTokens>;

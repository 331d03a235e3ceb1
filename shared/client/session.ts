/** Who this guest is: made once, refreshed before the token expires, forgotten on request (S2, S4). */
import { PasserbyError } from "../protocol/errors.ts";
import type { Credentials, RouteBody, User } from "../protocol/index.ts";
import { mayRetry } from "./backoff.ts";
import type { Http } from "./http.ts";
import type { Keep } from "./saved.ts";

export type Profile = RouteBody<"POST /api/guest">;

export interface Session {
  user: () => User | undefined;
  token: () => string | undefined;
  /** Makes the guest, or renames the one there is. Throws PasserbyError. */
  start: (profile: Profile) => Promise<User>;
  /** Credentials that are good for now: refreshed first if they are about to expire. Throws PasserbyError. */
  fresh: () => Promise<Credentials>;
  refresh: () => Promise<Credentials>;
  /** Call about once a second: refreshes when it is time. */
  tick: () => void;
  /** Tells the server to forget this guest, then forgets here. */
  signOut: () => Promise<void>;
  forget: () => void;
}

/** So many challenges are taken on for one guest. */
const CHALLENGES = 4;
const EXPIRY_MARGIN_MS = 10_000;
const RETRY_REFRESH_MS = 15_000;
/** A clock far ahead of the server's must not turn into a refresh per tick. */
const MIN_LIFE_MS = 60_000;

export interface SessionOptions {
  http: Http;
  keep: Keep;
  onUser: (user: User | undefined) => void;
  /** The server knows this guest no more (`session-ended`, `unauthenticated`, `banned`). */
  onEnded: (error: PasserbyError) => void;
  now?: () => number;
  random?: () => number;
}

export function createSession({
  http,
  keep,
  onUser,
  onEnded,
  now = Date.now,
  random = Math.random,
}: SessionOptions): Session {
  let refreshing: Promise<Credentials> | undefined;
  let refreshAtMs = 0;
  const current = () => keep.get().credentials;

  function plan() {
    const { credentials, obtainedMs = now() } = keep.get();
    if (!credentials) return;
    const lifeMs = Math.max(MIN_LIFE_MS, Date.parse(credentials.expiresAt) - obtainedMs);
    // 80 % of its life, give or take 5, so that guests who came together do not refresh together.
    refreshAtMs = obtainedMs + lifeMs * (0.75 + 0.1 * random());
  }

  function accept(credentials: Credentials): Credentials {
    keep.set({ credentials, obtainedMs: now() });
    plan();
    onUser(credentials.user);
    return credentials;
  }

  async function renew(): Promise<Credentials> {
    const token = current()?.token;
    if (!token) throw new PasserbyError("unauthenticated");
    try {
      const credentials = await http("POST /api/guest/refresh", { token });
      // A sign-out in the meantime wins.
      return current()?.token === token ? accept(credentials) : credentials;
    } catch (error) {
      refreshAtMs = now() + RETRY_REFRESH_MS;
      // Of a guest who was left meanwhile it says nothing about the next one.
      if (error instanceof PasserbyError && !mayRetry(error) && current()?.token === token) onEnded(error);
      throw error;
    }
  }

  /** Where many guests come from one address the server asks for work first; it may have become harder meanwhile. */
  async function create(profile: Profile): Promise<Credentials> {
    let challenge: string | undefined;
    for (let tries = 0; ; tries += 1) {
      try {
        return await http("POST /api/guest", { body: { ...profile, ...(challenge && { challenge }) } });
      } catch (error) {
        const asked = error instanceof PasserbyError ? error.fields?.["challenge"] : undefined;
        if (asked === undefined || tries === CHALLENGES) throw error;
        const { solve } = await import("./solve.ts");
        challenge = await solve(asked);
      }
    }
  }

  const refresh = () => (refreshing ??= renew().finally(() => (refreshing = undefined)));

  function forget() {
    keep.clear();
    onUser(undefined);
  }

  async function fresh(): Promise<Credentials> {
    const credentials = current();
    if (!credentials) throw new PasserbyError("unauthenticated");
    return Date.parse(credentials.expiresAt) - now() < EXPIRY_MARGIN_MS ? refresh() : credentials;
  }

  plan();
  return {
    user: () => current()?.user,
    token: () => current()?.token,
    refresh,
    forget,
    async start(profile) {
      const credentials = current();
      if (!credentials) return accept(await create(profile)).user;
      if (!profile.username || profile.username === credentials.user.username) return credentials.user;
      const { token } = await fresh();
      const { username, interests, language } = profile;
      const answer = await http("PATCH /api/guest/me", { token, body: { username, interests, language } });
      const user = { id: answer.user.id, username: answer.user.username };
      keep.set({ credentials: { ...keep.get().credentials!, user } });
      onUser(user);
      return user;
    },
    fresh,
    tick() {
      if (current() && now() >= refreshAtMs && !refreshing) refresh().catch(() => {});
    },
    async signOut() {
      const token = current()?.token;
      try {
        if (token) await http("DELETE /api/guest/me", { token });
      } finally {
        forget();
      }
    },
  };
}

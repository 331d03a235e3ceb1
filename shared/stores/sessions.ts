/** Guests: one identity over many connections, alive for a while, then forgotten. */
import { PasserbyError } from "../protocol/errors.ts";
import { newId } from "../protocol/ids.ts";
import type { User } from "../protocol/index.ts";
import { limits } from "../protocol/limits.ts";
import { banned } from "./bans.ts";
import { batch } from "./batch.ts";
import type { StoreContext } from "./index.ts";
import { key } from "./keys.ts";
import { suggestion } from "./names.ts";

export interface Profile {
  username?: string | undefined;
  interests?: string[] | undefined;
  language?: string | undefined;
}

export interface SessionView {
  user: User & { interests: string[]; language?: string };
  session: { createdAt: string; expiresAt: string };
  rooms: string[];
}

const fold = (username: string) => username.toLowerCase();
const iso = (ms: unknown) => new Date(Number(ms)).toISOString();
const taken = () =>
  new PasserbyError("conflict", "That name is taken; choose another", { fields: { username: "is taken" } });
const ended = () => new PasserbyError("session-ended");

export function sessionStore({ redis, run, config, pseudonyms }: StoreContext) {
  const admitAll = batch(async (guests: string[][]) => (await run("session_admit", ...guests.flat())) as number[], 32);

  /** @throws `banned` */
  async function claim(userId: string, username: string, profile: Profile, from: string[]): Promise<boolean> {
    const interests = (profile.interests ?? []).join("\n");
    const reply = await run(
      "session_create",
      userId,
      username,
      fold(username),
      interests,
      profile.language ?? "",
      config.sessionTtlMs,
      limits.sessionMaxMs,
      ...from,
    );
    if (Number(reply) < 0) throw banned(-Number(reply));
    return reply !== 0;
  }

  /** Slides the session's end and marks its guest active. Throws `session-ended`. */
  async function read(userId: string): Promise<SessionView> {
    const [reply, rooms] = await Promise.all([
      run("session_touch", userId, config.sessionTtlMs),
      redis.smembers(key("rooms", userId)),
    ]);
    const [username, interests, language, createdAt, expiresAt] = reply as string[];
    if (username === undefined) throw ended();
    return {
      user: { id: userId, username, interests: interests ? interests.split("\n") : [], ...(language && { language }) },
      session: { createdAt: iso(createdAt), expiresAt: iso(expiresAt) },
      rooms,
    };
  }

  return {
    read,

    /**
     * @param network where they come from, as `addressOf` gives it
     * @throws `conflict` where the wished name is taken, `banned` where the address is
     */
    async create(profile: Profile, network?: string): Promise<{ user: User }> {
      const id = newId("usr", config.cell);
      const from = await pseudonyms(network);
      if (profile.username !== undefined) {
        if (!(await claim(id, profile.username, profile, from))) throw taken();
        return { user: { id, username: profile.username } };
      }
      for (;;) {
        const username = suggestion();
        if (await claim(id, username, profile, from)) return { user: { id, username } };
      }
    },

    /** A name that is free just now. */
    async suggestUsername(): Promise<string> {
      const names = Array.from({ length: 8 }, suggestion);
      const owners = await redis.mget(names.map((name) => key("name", fold(name))));
      return names.find((_, i) => owners[i] === null) ?? suggestion();
    },

    /** @throws `session-ended`, `conflict` */
    async update(userId: string, profile: Profile): Promise<SessionView> {
      const fields: string[] = [];
      if (profile.interests) fields.push("interests", profile.interests.join("\n"));
      if (profile.language) fields.push("language", profile.language);
      const reply = await run(
        "session_update",
        userId,
        profile.username ?? "",
        fold(profile.username ?? ""),
        ...fields,
      );
      if (reply === 0) throw taken();
      if (reply === -1) throw ended();
      return read(userId);
    },

    async refresh(userId: string): Promise<{ user: User }> {
      const { user } = await read(userId);
      return { user: { id: user.id, username: user.username } };
    },

    /** May this guest ask from there? For each route; one command. @throws `banned`, `session-ended` */
    async admit(userId: string, network?: string): Promise<void> {
      const from = await pseudonyms(network);
      const verdict = await admitAll([userId, String(from.length), ...from]);
      if (verdict < 0) throw banned(-verdict);
      if (verdict === 0) throw ended();
    },

    /** Forgets the guest everywhere, by the time it resolves, and has every node close their sockets. */
    async end(userId: string, reason: string): Promise<void> {
      await run("session_end", userId, reason);
      // Should this process not come to the end of it, the reaper does.
      while ((await run("session_forget", userId, limits.forgottenAtOnce)) === 0);
      await redis.del(key("limit", `events:${userId}`));
    },
  };
}

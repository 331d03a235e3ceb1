/** Loads the Lua scripts beside this file: each state change that two nodes could race on is one of them. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Redis } from "ioredis";
import { keysInLua } from "./keys.ts";

const names = [
  "ban",
  "beat",
  "call_accept",
  "call_beat",
  "call_drop",
  "call_leave",
  "call_set",
  "call_signal",
  "call_start",
  "call_tick",
  "calls_in",
  "guest_close",
  "guest_evict",
  "guest_open",
  "match_join",
  "match_renew",
  "match_state",
  "match_tick",
  "message_ack",
  "message_delete",
  "message_react",
  "message_send",
  "node_beat",
  "node_leave",
  "reap",
  "report_create",
  "report_look",
  "room_apart",
  "room_close",
  "room_create",
  "room_join",
  "room_leave",
  "room_read",
  "room_renew",
  "room_tell",
  "rooms_list",
  "rooms_seq",
  "session_admit",
  "session_create",
  "session_end",
  "session_forget",
  "session_touch",
  "session_update",
  "upload_attach",
  "upload_begin",
  "upload_create",
  "upload_end",
  "upload_unsend",
  "uploads_gone",
  "uploads_take",
  "user_block",
] as const;
export type ScriptName = (typeof names)[number];

const read = (name: string) => readFileSync(new URL(`./${name}.lua`, import.meta.url), "utf8");

/** The files a script includes (`-- @include a b`), theirs before it, each once. */
function collect(name: string, done: Set<string>): string {
  if (done.has(name)) return "";
  done.add(name);
  const source = read(name);
  const includes = /^-- @include (.+)$/m.exec(source)?.[1]?.split(" ") ?? [];
  return includes.map((include) => collect(include, done)).join("\n") + source;
}

export type Reply = string | number | null | Reply[];
export type Run = (script: ScriptName, ...args: (string | number)[]) => Promise<Reply>;

function textOf(name: ScriptName) {
  const lua = `${keysInLua}\n${collect(name, new Set())}`;
  return { lua, sha: createHash("sha1").update(lua).digest("hex") };
}

const isForgotten = (error: unknown) => error instanceof Error && error.message.startsWith("NOSCRIPT");

/**
 * Runs scripts over a client: each by its text the first time over a link, by its hash from then on. Where Redis has forgotten
 * one (SCRIPT FLUSH) it has forgotten all, and is given all at once: had it only some, what asks for one that it still lacks
 * would be overtaken by what was asked later.
 */
export function defineScripts(redis: Redis): Run {
  const texts = new Map(names.map((name) => [name, textOf(name)]));
  const sent = new Set<ScriptName>();
  redis.on("ready", () => sent.clear()); // it may be another Redis than before

  let loading = false;
  function loadAll(): void {
    if (loading) return;
    loading = true;
    const all = redis.multi();
    for (const { lua } of texts.values()) all.script("LOAD", lua);
    all
      .exec()
      .catch(() => {}) // each still goes by its text
      .finally(() => (loading = false));
  }

  return async (name, ...args) => {
    const { lua, sha } = texts.get(name)!;
    if (sent.has(name)) {
      try {
        return (await redis.evalsha(sha, 0, ...args)) as Reply;
      } catch (error) {
        if (!isForgotten(error)) throw error;
        loadAll();
      }
    }
    sent.add(name);
    return (await redis.eval(lua, 0, ...args)) as Reply;
  };
}

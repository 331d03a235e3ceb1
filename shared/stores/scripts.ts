/** Loads the Lua scripts beside this file: each state change that two nodes could race on is one of them. */
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

/** Registers the scripts on a client. ioredis sends the hash, and the text again where Redis has lost it. */
export function defineScripts(redis: Redis): Run {
  for (const name of names) {
    redis.defineCommand(`passerby_${name}`, { numberOfKeys: 0, lua: `${keysInLua}\n${collect(name, new Set())}` });
  }
  const commands = redis as unknown as Record<string, (...args: (string | number)[]) => Promise<Reply>>;
  return (script, ...args) => commands[`passerby_${script}`]!(...args);
}

/**
 * Reads what other nodes (and functions, and this node's own scripts) have for this node's guests. An entry is taken out once
 * read, so the stream holds only what is unread, and nothing of a guest lingers in it.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { key } from "../shared/stores/keys.ts";
import { comeAnew } from "./anew.ts";
import type { NodeContext } from "./context.ts";

const READ_COUNT = 500;
const BLOCK_MS = 4_000;

export type Entry = Record<string, string>;
/** One function per `op`, from the capabilities' files. */
export type InboxHandlers = Record<string, (entry: Entry) => void>;

function toEntry(fields: string[]): Entry {
  const entry: Entry = {};
  for (let i = 0; i < fields.length; i += 2) entry[fields[i]!] = fields[i + 1]!;
  return entry;
}

/** The id right after: MINID keeps what it names. */
function following(id: string): string {
  const [ms, n] = id.split("-");
  return `${ms}-${BigInt(n!) + 1n}`;
}

/** Starts reading. @returns stops it */
export function readInbox(ctx: NodeContext, redis: Redis, handlers: InboxHandlers): () => void {
  const inbox = key("inbox", ctx.nodeId);
  const anew = comeAnew(ctx);
  let stopped = false;

  function take(fields: string[]): void {
    const entry = toEntry(fields);
    const { op = "" } = entry;
    try {
      if (Object.hasOwn(handlers, op)) return handlers[op]!(entry);
    } catch (error) {
      ctx.logger.error({ op, err: error }, "inbox entry failed");
    }
    anew(entry);
  }

  async function read(): Promise<void> {
    while (!stopped) {
      try {
        const reply = await redis.xread("COUNT", READ_COUNT, "BLOCK", BLOCK_MS, "STREAMS", inbox, "0");
        const entries = reply?.[0]?.[1] ?? [];
        for (const [, fields] of entries) take(fields);
        const last = entries.at(-1)?.[0];
        // Sent before the next read on the same connection, so no entry is read twice.
        if (last) redis.xtrim(inbox, "MINID", following(last)).catch(() => {});
      } catch (error) {
        if (stopped) return;
        ctx.logger.debug({ err: error }, "inbox read failed");
        await sleep(200);
      }
    }
  }
  void read();

  return () => {
    stopped = true;
    redis.disconnect();
  };
}

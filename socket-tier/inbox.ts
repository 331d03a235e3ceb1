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

type Read = [stream: string, entries: [id: string, fields: string[]][]][] | null;
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
    let done: string | undefined;
    while (!stopped) {
      try {
        // One write for both; what was read is out before the next read, so no entry is read twice.
        const asked = redis.pipeline();
        if (done) asked.xtrim(inbox, "MINID", following(done));
        asked.xread("COUNT", READ_COUNT, "BLOCK", BLOCK_MS, "STREAMS", inbox, "0");
        const answers = (await asked.exec())!;
        for (const [error] of answers) if (error) throw error;
        const entries = (answers.at(-1)![1] as Read)?.[0]?.[1] ?? [];
        for (const [, fields] of entries) take(fields);
        done = entries.at(-1)?.[0];
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

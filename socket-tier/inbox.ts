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
    const { op = "", user } = entry;
    if (user) ctx.fanOut.touch(user); // is that guest coming in just now? Then it may be newer than what the welcome has seen
    try {
      if (Object.hasOwn(handlers, op)) return handlers[op]!(entry);
    } catch (error) {
      ctx.logger.error({ op, err: error }, "inbox entry failed");
    }
    anew(entry);
  }

  /** What was read last, to be taken out. */
  let done: string | undefined;

  /** Both in one write. Only the read is waited for: where the link breaks, ioredis never answers the trim, which then goes again. */
  function trimAndRead(): Promise<Read> {
    return new Promise((resolve, reject) => {
      const both = redis.pipeline();
      if (done) both.xtrim(inbox, "MINID", following(done), (error) => error && reject(error));
      both.xread("COUNT", READ_COUNT, "BLOCK", BLOCK_MS, "STREAMS", inbox, "0", (error, reply) =>
        error ? reject(error) : resolve(reply as Read),
      );
      both.exec().catch(reject);
    });
  }

  async function read(): Promise<void> {
    while (!stopped) {
      try {
        const entries = (await trimAndRead())?.[0]?.[1] ?? [];
        for (const [, fields] of entries) take(fields);
        done = entries.at(-1)?.[0] ?? done;
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

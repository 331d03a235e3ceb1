/**
 * What goes to all nodes goes through the adapter's stream. A write that fails is counted and logged, never an unhandled
 * rejection; what waits for Redis is bounded, and this node's own sockets do not wait for it longer than a moment.
 */
import type { Redis } from "ioredis";
import { type Logger, sparing } from "../shared/logger.ts";
import type { NodeServer } from "./context.ts";

const MOST_WAITING = 1_000;
const WAIT_MS = 2_000;

export interface Publishing {
  /** Writes that did not succeed, or not in time. */
  failed: number;
  waiting: number;
}

/**
 * For the adapter's client and its duplicates. The adapter asks for its subscriptions, and ioredis for them again over every new
 * link; neither listens to the answer, so a stop that comes before it would be a rejection that nobody handles.
 */
export function subscribing(redis: Redis): Redis {
  const duplicate = redis.duplicate.bind(redis);
  redis.duplicate = (...args) => subscribing(duplicate(...args));
  for (const name of ["subscribe", "ssubscribe"] as const) {
    const ask = redis[name].bind(redis) as (...args: unknown[]) => Promise<unknown>;
    redis[name] = (...args: unknown[]) => ask(...args).catch(() => 0);
  }
  return redis;
}

interface StreamsAdapter {
  doPublish(message: unknown): Promise<string>;
}

/** @param redis the adapter's client */
export function guardPublishing(io: NodeServer, redis: Redis, logger: Logger): Publishing {
  const state: Publishing = { failed: 0, waiting: 0 };
  const warn = sparing(logger);

  function failed(error: unknown): void {
    state.failed += 1;
    warn({ failed: state.failed, err: error }, "adapter: not written");
  }

  async function inTime(work: () => Promise<string>): Promise<string> {
    if (state.waiting >= MOST_WAITING) throw new Error("too much waits for Redis");
    state.waiting += 1;
    let timer: ReturnType<typeof setTimeout>;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("not written in time")), WAIT_MS);
    });
    const written = work().finally(() => {
      state.waiting -= 1;
      clearTimeout(timer);
    });
    return Promise.race([written, late]);
  }

  const adapter = io.of("/").adapter as unknown as StreamsAdapter;
  const publish = adapter.doPublish.bind(adapter);
  adapter.doPublish = (message) =>
    inTime(() => publish(message)).catch((error: unknown) => {
      failed(error);
      throw error; // the adapter tells the local sockets and goes on
    });
  // Questions to other nodes go by PUBLISH, whose promise the adapter lets fall.
  const tell = redis.publish.bind(redis) as (...args: unknown[]) => Promise<number>;
  redis.publish = (...args: unknown[]) =>
    tell(...args).catch((error: unknown) => {
      failed(error);
      return 0;
    });
  return state;
}

/**
 * When a pair or a session ends its files are due at once, and have to be gone within a minute. Only nodes have a clock
 * that ticks more often than a schedule does (EventBridge: a minute at best), so a small batch of the cleanup's work is theirs.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { isRedisTrouble } from "../shared/redis.ts";
import { type ObjectStore, openStorage } from "../shared/storage/index.ts";
import { sweep } from "../shared/storage/sweep.ts";
import type { NodeContext } from "./context.ts";

const MOST = 200;

/** Starts sweeping; the store is opened with the first batch. @returns stops it */
export function startSweep({ config, stores, logger }: Pick<NodeContext, "config" | "stores" | "logger">): () => void {
  const stop = new AbortController();
  let objects: ObjectStore | undefined;

  async function run(): Promise<void> {
    objects ??= await openStorage(config);
    const swept = await sweep(stores.uploads, objects, MOST);
    if (swept > 0) logger.debug({ swept }, "files of ended rooms and guests deleted");
  }

  async function loop(): Promise<void> {
    const pause = () =>
      sleep(config.sweepEveryMs * (0.8 + Math.random() * 0.4), undefined, { signal: stop.signal, ref: false });
    for (await pause(); !stop.signal.aborted; await pause()) {
      await run().catch((error: unknown) => isRedisTrouble(error) || logger.error({ err: error }, "sweep failed"));
    }
  }
  // Ends with the abort that rejects its pause.
  loop()
    .catch(() => undefined)
    .finally(() => objects?.close());
  return () => stop.abort();
}

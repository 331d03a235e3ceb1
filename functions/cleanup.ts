/** The scheduled run: what is due goes, and what one side has and the other has not. Redis and the store are each other's check. */
import { cellOf } from "../shared/cells.ts";
import type { Logger } from "../shared/logger.ts";
import type { ObjectStore } from "../shared/storage/index.ts";
import { keptKey, type Place, type StoredObject } from "../shared/storage/store.ts";
import { sweep } from "../shared/storage/sweep.ts";
import type { Stores } from "../shared/stores/index.ts";
import { formMs } from "../shared/stores/uploads.ts";

const pageSize = 1_000;
/** An object younger than this may belong to an upload that is just being made or checked. */
const graceMs = 3 * formMs;

export interface CleanupContext {
  stores: Pick<Stores, "uploads">;
  objects: ObjectStore;
  logger: Logger;
  /** The store may hold other cells' files beside ours. */
  cell?: string;
}

/** What a run did. */
export interface Cleaned {
  /** Uploads that were due. */
  expired: number;
  /** Bytes on their way that never arrived: forms never completed, sent again, or broken off. */
  leftOvers: number;
  /** Kept bytes without a record. */
  bytesWithoutRecord: number;
  /** Records without bytes. */
  recordsWithoutBytes: number;
  /** Of what is still kept, as far as this run looked. */
  oldestObjectAgeMs: number;
  /** Looked at everything? Otherwise the next run goes on where this one stopped. */
  finished: boolean;
}

/**
 * Safe to run any number of times at once: due uploads are taken by one run each, and to delete an orphan twice is no harm.
 * @param left how many ms the run may still take
 */
export async function cleanup(
  { stores: { uploads }, objects, logger, cell = "" }: CleanupContext,
  left: () => number,
): Promise<Cleaned> {
  const startedAt = Date.now();
  const done: Cleaned = {
    expired: 0,
    leftOvers: 0,
    bytesWithoutRecord: 0,
    recordsWithoutBytes: 0,
    oldestObjectAgeMs: 0,
    finished: true,
  };
  const isOld = ({ modifiedAt }: StoredObject) => modifiedAt < startedAt - graceMs;

  async function expired(): Promise<void> {
    for (let swept = pageSize; swept === pageSize && left() > 0;) {
      swept = await sweep(uploads, objects, pageSize);
      done.expired += swept;
    }
  }

  /** Page by page from where the last run stopped. */
  async function walk(
    place: Place,
    look: (page: StoredObject[], after: string, last?: string) => Promise<void>,
  ): Promise<void> {
    for (let after = await uploads.cursor(place); ;) {
      if (left() <= 0) {
        done.finished = false;
        return;
      }
      const page = await objects.list(place, after, pageSize);
      const last = page.length < pageSize ? undefined : page.at(-1)!.key;
      await look(page, after, last);
      await uploads.setCursor(place, last ?? "");
      if (last === undefined) return;
      after = last;
    }
  }

  /** Both sides are ordered by id: one page of the store against the same stretch of the index. */
  async function compare(page: StoredObject[], after: string, last?: string): Promise<void> {
    const id = (key: string) => key.replace(/^kept\//, "");
    const recorded = new Set<string>();
    for (let from = id(after); ;) {
      const ids = await uploads.kept(from, last && id(last), pageSize);
      for (const one of ids) recorded.add(one);
      if (ids.length < pageSize) break;
      from = ids.at(-1)!;
    }
    const orphans = page.filter((object) => {
      const one = id(object.key);
      return isOld(object) && cellOf(one) === cell && !recorded.has(one);
    });
    await objects.remove(orphans.map(({ key }) => key));
    done.bytesWithoutRecord += orphans.length;
    const found = new Set(page.map(({ key }) => id(key)));
    for (const one of recorded) {
      // Asked again: it may have become complete since the page was listed.
      if (found.has(one) || (await objects.head(keptKey(one)))) continue;
      await uploads.lost(one);
      done.recordsWithoutBytes += 1;
    }
    const gone = new Set(orphans);
    for (const object of page)
      if (!gone.has(object)) done.oldestObjectAgeMs = Math.max(done.oldestObjectAgeMs, startedAt - object.modifiedAt);
  }

  await expired();
  for (const place of objects.transient) {
    await walk(place, async (page) => {
      const old = page.filter(isOld);
      await objects.remove(old.map(({ key }) => key));
      done.leftOvers += old.length;
    });
  }
  await walk("kept", compare);
  logger.info({ ...done, durationMs: Date.now() - startedAt }, "cleanup");
  return done;
}

/** Deletes the bytes of uploads that are due: expired, dropped with their room, guest or message, or never completed. */
import type { Stores } from "../stores/index.ts";
import { inKey, keptKey, type ObjectStore } from "./store.ts";

/** Whoever takes uploads and dies has them taken from it after this. */
const leaseMs = 60_000;

/**
 * One batch. Any number may run at once: each upload is taken by one of them, and given back where it fails.
 * @returns how many were deleted; fewer than `most`: none is left for now
 */
export async function sweep(uploads: Stores["uploads"], objects: ObjectStore, most: number): Promise<number> {
  const ids = await uploads.take(most, leaseMs);
  for (let start = 0; start < ids.length; start += 500) {
    const part = ids.slice(start, start + 500);
    await objects.remove(part.flatMap((id) => [inKey(id), keptKey(id)]));
    await uploads.gone(part);
  }
  return ids.length;
}

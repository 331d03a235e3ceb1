/** Pages of a sorted set, highest score first. A cursor is the last entry given, so that what comes and goes meanwhile moves nothing. */
import type { Redis } from "ioredis";
import { PasserbyError } from "../protocol/errors.ts";

/** So many entries of one and the same score may stand where a page breaks. */
const TIES = 100;

export interface Page {
  entries: { id: string; score: number }[];
  next?: string;
}

/** @throws `invalid` for a cursor that is not ours */
export async function page(redis: Redis, index: string, cursor: string | undefined, limit: number): Promise<Page> {
  const [, score, id] = /^(\d{1,16})\.([\w-]{1,64})$/.exec(cursor ?? "") ?? [];
  if (cursor !== undefined && id === undefined)
    throw new PasserbyError("invalid", undefined, { fields: { cursor: "is not one of ours" } });
  const flat = await redis.zrevrangebyscore(index, score ?? "+inf", "-inf", "WITHSCORES", "LIMIT", 0, limit + TIES);
  const entries: Page["entries"] = [];
  for (let i = 0; i < flat.length; i += 2) entries.push({ id: flat[i]!, score: Number(flat[i + 1]) });
  const after = entries.filter((one) => id === undefined || one.score < Number(score) || one.id < id);
  const shown = after.slice(0, limit);
  const last = shown.at(-1);
  return { entries: shown, ...(after.length > limit && last && { next: `${last.score}.${last.id}` }) };
}

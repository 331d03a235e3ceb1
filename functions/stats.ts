import type { Router } from "express";
import { mountOpen } from "../shared/middleware/mount-open.ts";
import type { StatsContext } from "./stats-context.ts";

/** As often as the socket tier tells its guests. */
const KNOWN_MS = 1_000;

/** Who asks again within a second hears what this instance last heard; one look is for all who wait for it. */
function eachSecond<T>(look: () => Promise<T>): () => Promise<T> {
  let seen: { answer: Promise<T>; atMs: number } | undefined;
  return () => {
    if (seen && performance.now() - seen.atMs < KNOWN_MS) return seen.answer;
    const mine = (seen = { answer: look(), atMs: performance.now() });
    mine.answer.catch(() => seen === mine && (seen = undefined));
    return mine.answer;
  };
}

export function stats(router: Router, ctx: StatsContext): void {
  mountOpen(
    router,
    ctx,
    "GET /api/stats",
    eachSecond(() => ctx.stats.live()),
  );
  mountOpen(
    router,
    ctx,
    "GET /api/socket/stats",
    eachSecond(() => ctx.stats.nodes()),
  );
}

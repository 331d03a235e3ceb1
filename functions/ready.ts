import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Router } from "express";
import type { Config } from "../shared/config.ts";
import { facts } from "../shared/middleware/locals.ts";
import type { RouteAnswer } from "../shared/protocol/index.ts";
import type { StatsContext } from "./stats-context.ts";

const CHECK_MS = 1_000;
const PROBE_BYTES = 4_096;

/** Disk: can a file be written (a full disk lets none)? S3: does the bucket answer? (Whether it lets us in, an upload shows.) */
async function storageWorks({ uploadStore, s3Endpoint }: Config): Promise<boolean> {
  try {
    if (uploadStore.kind === "s3") {
      const { bucket } = uploadStore;
      const url = s3Endpoint ? `${s3Endpoint}/${bucket}` : `https://${bucket}.s3.amazonaws.com`;
      const answer = await fetch(url, { method: "HEAD", redirect: "manual", signal: AbortSignal.timeout(CHECK_MS) });
      return answer.status !== 404 && answer.status < 500;
    }
    await mkdir(uploadStore.directory, { recursive: true });
    const probe = join(uploadStore.directory, `.probe-${process.pid}`);
    try {
      await writeFile(probe, "x".repeat(PROBE_BYTES));
    } finally {
      await rm(probe, { force: true });
    }
    return true;
  } catch {
    return false;
  }
}

async function redisWorks({ stats, ready }: StatsContext): Promise<boolean> {
  try {
    await ready();
    return await stats.ping();
  } catch {
    return false;
  }
}

/** Can it serve? Exempt from limits, since a load balancer asks often. */
export function ready(router: Router, ctx: StatsContext): void {
  router.get("/health/ready", async (_req, res) => {
    facts(res).route = "GET /health/ready";
    const [redis, storage] = await Promise.all([redisWorks(ctx), storageWorks(ctx.config)]);
    const ok = redis && storage;
    const answer: RouteAnswer<"GET /health/ready"> = {
      status: ok ? "ready" : "degraded",
      checks: { redis, storage },
    };
    res.status(ok ? 200 : 503).setHeader("Cache-Control", "no-store");
    res.json(answer);
  });
}

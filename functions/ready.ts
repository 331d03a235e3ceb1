import { constants } from "node:fs";
import { access, mkdir } from "node:fs/promises";
import type { Router } from "express";
import type { Config } from "../shared/config.ts";
import { facts } from "../shared/middleware/locals.ts";
import type { RouteAnswer } from "../shared/protocol/index.ts";
import type { HttpContext } from "./context.ts";

const CHECK_MS = 1_000;

/** Disk: can the directory be written? S3: does its endpoint answer at all? (Whether it lets us in, an upload shows.) */
async function storageWorks({ uploadStore, s3Endpoint }: Config): Promise<boolean> {
  try {
    if (uploadStore.kind === "s3") {
      const url = s3Endpoint ?? `https://${uploadStore.bucket}.s3.amazonaws.com`;
      await fetch(url, { method: "HEAD", redirect: "manual", signal: AbortSignal.timeout(CHECK_MS) });
    } else {
      await mkdir(uploadStore.directory, { recursive: true });
      await access(uploadStore.directory, constants.W_OK);
    }
    return true;
  } catch {
    return false;
  }
}

async function redisWorks({ stores, ready }: HttpContext): Promise<boolean> {
  try {
    await ready();
    return await stores.ping();
  } catch {
    return false;
  }
}

/** Can it serve? Exempt from limits, since a load balancer asks often. */
export function ready(router: Router, ctx: HttpContext): void {
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

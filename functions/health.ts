import type { Router } from "express";
import packageJson from "../package.json" with { type: "json" };
import { facts } from "../shared/middleware/locals.ts";
import type { RouteAnswer } from "../shared/protocol/index.ts";

/** Is the process up? Imports neither Redis nor a schema, so that its bundle starts like an empty function. */
export function health(router: Router): void {
  router.get("/health", (_req, res) => {
    facts(res).route = "GET /health";
    const answer: RouteAnswer<"GET /health"> = {
      status: "ok",
      uptime: process.uptime(),
      version: packageJson.version,
      timestamp: new Date().toISOString(),
    };
    res.setHeader("Cache-Control", "no-store");
    res.json(answer);
  });
}

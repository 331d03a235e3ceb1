/** What the load balancer and the operator ask a node, on its own port. */
import type { RequestListener } from "node:http";
import { Registry } from "prom-client";
import packageJson from "../package.json" with { type: "json" };
import type { NodeContext } from "./context.ts";
import { allFigures, mayScrape } from "./scrape.ts";

const contentType = Registry.PROMETHEUS_CONTENT_TYPE;

export function healthListener(ctx: NodeContext): RequestListener {
  return (request, response) => {
    const answer = (status: number, body: object) =>
      response
        .writeHead(status, { "content-type": "application/json", "cache-control": "no-store" })
        .end(JSON.stringify(body));
    const path = request.url?.split("?")[0] ?? "";
    if (path.startsWith("/socket.io/")) return; // Socket.IO answers that
    if (path === "/health") {
      answer(200, {
        status: "ok",
        uptime: process.uptime(),
        version: packageJson.version,
        timestamp: new Date().toISOString(),
      });
    } else if (path === "/health/ready") {
      ready(ctx).then(
        ({ status, redis }) => answer(status === "ready" ? 200 : 503, { status, checks: { redis, storage: true } }),
        () => answer(500, {}),
      );
    } else if (/^\/metrics(?:\/node)?$/.test(path) && mayScrape(request, ctx.config)) {
      const figures = path === "/metrics" ? allFigures(ctx) : ctx.metrics.registry.metrics();
      figures.then(
        (text) => response.writeHead(200, { "content-type": contentType, "cache-control": "no-store" }).end(text),
        () => answer(503, { code: "unavailable" }),
      );
    } else {
      answer(404, { code: "not-found" });
    }
  };
}

async function ready(ctx: NodeContext) {
  const redis = await ctx.stores.stats.ping();
  if (ctx.state === "draining") return { status: "draining", redis } as const;
  return { status: redis && ctx.state === "ready" ? "ready" : "degraded", redis } as const;
}

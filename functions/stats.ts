import type { Router } from "express";
import { mount } from "../shared/middleware/mount.ts";
import type { HttpContext } from "./context.ts";

export function stats(router: Router, ctx: HttpContext): void {
  mount(router, ctx, "GET /api/stats", () => ctx.stores.presence.stats());
  mount(router, ctx, "GET /api/socket/stats", () => ctx.stores.nodes.socketStats());
}

import type { Router } from "express";
import { mount } from "../shared/middleware/mount.ts";
import type { HttpContext } from "./context.ts";

export function calls(router: Router, ctx: HttpContext): void {
  mount(router, ctx, "GET /api/calls/ice-servers", async ({ userId }) => ({
    ...ctx.iceServers(userId),
    relayOnly: ctx.config.relayOnly,
  }));
}

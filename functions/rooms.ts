import type { Router } from "express";
import { mount } from "../shared/middleware/mount.ts";
import type { HttpContext } from "./context.ts";

export function rooms(router: Router, ctx: HttpContext): void {
  mount(router, ctx, "GET /api/rooms/:id", async ({ userId, params }) => ({
    room: await ctx.stores.rooms.read(userId, params.id),
  }));
}

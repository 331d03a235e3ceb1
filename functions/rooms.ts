import type { Router } from "express";
import { mount } from "../shared/middleware/mount.ts";
import type { HttpContext } from "./context.ts";

export function rooms(router: Router, ctx: HttpContext): void {
  const { rooms } = ctx.stores;

  mount(router, ctx, "GET /api/rooms", ({ query }) => rooms.list(query));

  mount(router, ctx, "POST /api/rooms", async ({ userId, body }) => {
    await rooms.count(userId);
    return { room: await rooms.create(userId, body) };
  });

  mount(router, ctx, "GET /api/rooms/:id", async ({ userId, params }) => ({
    room: await rooms.read(userId, params.id),
  }));
}

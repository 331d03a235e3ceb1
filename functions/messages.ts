import type { Router } from "express";
import { mount } from "../shared/middleware/mount.ts";
import type { HttpContext } from "./context.ts";

export function messages(router: Router, ctx: HttpContext): void {
  mount(router, ctx, "GET /api/rooms/:id/messages", ({ userId, params, query }) =>
    ctx.stores.messages.history(userId, { roomId: params.id, ...query }),
  );
}

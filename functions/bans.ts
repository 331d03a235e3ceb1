import type { Router } from "express";
import { mount } from "../shared/middleware/mount.ts";
import { limits } from "../shared/protocol/limits.ts";
import type { HttpContext } from "./context.ts";

export function bans(router: Router, ctx: HttpContext): void {
  const { bans, reports } = ctx.stores;

  mount(router, ctx, "GET /api/bans", ({ query: { cursor, limit = limits.moderationPage } }) =>
    bans.list(cursor, limit),
  );
  mount(router, ctx, "POST /api/bans", async ({ body: { userId = "", reportId, ...sentence } }) => {
    const who = reportId === undefined ? { userId } : await reports.accused(reportId);
    return { bans: await bans.ban({ ...sentence, ...who }) };
  });
  mount(router, ctx, "DELETE /api/bans/:id", ({ params }) => bans.lift(params.id));
}

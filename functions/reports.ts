import type { Router } from "express";
import { clientAddress } from "../shared/middleware/client-address.ts";
import { mount } from "../shared/middleware/mount.ts";
import { limits } from "../shared/protocol/limits.ts";
import type { HttpContext } from "./context.ts";

/** Guests write reports; the operator reads them. */
export function reports(router: Router, ctx: HttpContext): void {
  const { reports } = ctx.stores;

  mount(router, ctx, "POST /api/reports", async ({ userId, body }, res) => {
    // On one machine everybody comes from one address.
    if (ctx.config.production) await ctx.limits.reports(res, clientAddress(res.req, ctx.config.trustedProxies));
    return { reportId: await reports.create(userId, body) };
  });
  mount(router, ctx, "GET /api/reports", ({ query: { cursor, limit = limits.moderationPage } }) =>
    reports.list(cursor, limit),
  );
  mount(router, ctx, "GET /api/reports/:id", async ({ params }) => ({ report: await reports.read(params.id) }));
  mount(router, ctx, "DELETE /api/reports/:id", ({ params }) => reports.dismiss(params.id));
}

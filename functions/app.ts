import express, { type Express, type Router } from "express";
import type { Config } from "../shared/config.ts";
import type { Logger } from "../shared/logger.ts";
import { crossOrigin } from "../shared/middleware/cors.ts";
import { answerErrors, notFound } from "../shared/middleware/errors.ts";
import { requestLog } from "../shared/middleware/request-log.ts";
import { security } from "../shared/middleware/security.ts";

export interface Base {
  config: Config;
  logger: Logger;
}

export type RouteGroup<C extends Base> = (router: Router, ctx: C) => void;

/** The app of one function: middleware, then its routes, then errors. What a route needs besides comes with `mount`. */
export function createHttpApp<C extends Base>(ctx: C, groups: readonly RouteGroup<C>[]): Express {
  const app = express().disable("x-powered-by").disable("etag");

  app.use(requestLog(ctx.config, ctx.logger));
  app.use(security(ctx.config, "api"));
  app.use(crossOrigin(ctx.config, ctx.logger));

  for (const group of groups) group(app, ctx);

  app.use(notFound);
  app.use(answerErrors(ctx.logger));
  return app;
}

/** Puts a route of the contract on a router: method, path, auth, limit, checks and status all come from its one spec. */
import type { RequestHandler, Response, Router } from "express";
import type { z } from "zod";
import type { Config } from "../config.ts";
import { PasserbyError } from "../protocol/errors.ts";
import { routes, type RouteAnswer, type RouteName } from "../protocol/index.ts";
import type { RouteSpec } from "../protocol/wire.ts";
import type { Tokens } from "../tokens.ts";
import { admitOperator } from "./admin.ts";
import { authenticate } from "./authenticate.ts";
import { clientAddress } from "./client-address.ts";
import { facts } from "./locals.ts";
import { passing, put } from "./put.ts";
import type { HttpLimit } from "./rate-limit.ts";

type Part<R extends RouteName, K extends "params" | "query" | "body"> =
  (typeof routes)[R] extends Record<K, infer S extends z.ZodType> ? z.output<S> : Record<string, never>;

/** What a handler gets: checked, and who asks (by token; the session may have ended since). */
export interface Call<R extends RouteName> {
  userId: (typeof routes)[R]["auth"] extends "bearer" | "expired-bearer" ? string : string | undefined;
  params: Part<R, "params">;
  query: Part<R, "query">;
  body: Part<R, "body">;
}

export interface RouteContext {
  config: Config;
  tokens: Tokens;
  limits: { api: HttpLimit; admin: HttpLimit };
  /** Waits a little for Redis, so that a cold start is no error; throws `unavailable`. */
  ready: () => Promise<void>;
  /** Throws `session-ended` or `banned`. One look-up. */
  admit: (userId: string, network: string) => Promise<void>;
}

/** What a banned guest may still do. */
const leave = (spec: RouteSpec) => (error: unknown) => {
  if (!(spec.whileBanned && error instanceof PasserbyError && error.code === "banned")) throw error;
};

/** Who is let in comes before the body is read: a flood of big bodies costs a stranger's limit, not our time. */
export function mount<R extends RouteName>(
  router: Router,
  ctx: RouteContext,
  name: R,
  handle: (call: Call<R>, res: Response) => Promise<RouteAnswer<R> extends undefined ? void : RouteAnswer<R>>,
  limit: HttpLimit = ctx.limits.api,
): void {
  const spec: RouteSpec = routes[name];

  const admit: RequestHandler = async (req, res, next) => {
    facts(res).route = name;
    const userId = authenticate(ctx.tokens, spec.auth, req);
    res.locals["userId"] = userId;
    await ctx.ready();
    if (spec.auth === "admin") {
      await admitOperator(ctx.config, ctx.limits.admin, req, res).catch(passing);
      return next();
    }
    const address = clientAddress(req, ctx.config.trustedProxies);
    const admitted = userId === undefined ? undefined : ctx.admit(userId, address).catch(leave(spec));
    const [, counted] = await Promise.all([admitted, limit(res, userId ?? address)]).catch(passing);
    facts(res).counted = counted;
    next();
  };
  put(router, ctx.config.bodyLimitBytes, name, spec, admit, (call, res) => handle(call as Call<R>, res));
}

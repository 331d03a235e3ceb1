/** A route of the contract that anybody may ask and that takes nothing: its bundle holds no schema and no token. */
import type { RequestHandler, Router } from "express";
import type { Config } from "../config.ts";
import type { RouteAnswer, RouteName, routes } from "../protocol/index.ts";
import { clientAddress } from "./client-address.ts";
import { facts } from "./locals.ts";
import { passing, put } from "./put.ts";
import type { HttpLimit } from "./rate-limit.ts";

/** Held to the contract by its types (the status by tests); a route with a schema for what is sent is none of these. */
type OpenRoute = {
  [R in RouteName]: (typeof routes)[R] extends { auth: "none" }
    ? Extract<keyof (typeof routes)[R], "params" | "query" | "body" | "page"> extends never
      ? R
      : never
    : never;
}[RouteName];

export interface OpenContext {
  config: Config;
  limits: { api: HttpLimit };
  /** Waits a little for Redis, so that a cold start is no error; throws `unavailable`. */
  ready: () => Promise<void>;
}

export function mountOpen<R extends OpenRoute>(
  router: Router,
  { config, limits, ready }: OpenContext,
  name: R,
  handle: () => Promise<RouteAnswer<R>>,
): void {
  const admit: RequestHandler = async (req, res, next) => {
    facts(res).route = name;
    await ready();
    await limits.api(res, clientAddress(req, config.trustedProxies)).catch(passing);
    next();
  };
  put(router, config.bodyLimitBytes, name, { status: 200 }, admit, handle);
}

/** Puts a route on a router: whoever lets in, then the body, then the checks and the answer. */
import type { RequestHandler, Response, Router } from "express";
import { PasserbyError } from "../protocol/errors.ts";
import type { RouteSpec } from "../protocol/wire.ts";
import { isRedisTrouble } from "../redis.ts";
import { parseBody } from "./body.ts";
import { check } from "./check.ts";

/** Redis being away is nobody's fault and passes: `unavailable`, not `internal`. */
export function passing(error: unknown): never {
  throw isRedisTrouble(error) ? new PasserbyError("unavailable", undefined, { retryAfterMs: 2_000 }) : error;
}

export interface Checked {
  userId: unknown;
  params: unknown;
  query: unknown;
  body: unknown;
}

/**
 * @param name `METHOD /path`
 * @param spec the contract's, of which only these parts are asked
 */
export function put(
  router: Router,
  bodyLimitBytes: number,
  name: string,
  spec: Pick<RouteSpec, "status" | "params" | "query" | "body">,
  admit: RequestHandler,
  handle: (call: Checked, res: Response) => Promise<unknown>,
): void {
  const [method, path] = name.split(" ") as [string, string];
  const on = method.toLowerCase() as "get" | "post" | "patch" | "delete";

  const answer: RequestHandler = async (req, res) => {
    const call = {
      userId: res.locals["userId"],
      params: check(spec.params, req.params, "params"),
      query: check(spec.query, req.query, "query"),
      body: check(spec.body, req.body, "body"),
    };
    const data = await handle(call, res).catch(passing);
    res.status(spec.status).setHeader("Cache-Control", "no-store");
    if (data === undefined) res.end();
    else res.json(data);
  };
  router[on](path, admit, ...parseBody(bodyLimitBytes), answer);
}

/** What the middlewares tell each other about one request. */
import type { Response } from "express";
import type { LimitState } from "../stores/limits.ts";
import type { ErrorCode } from "../protocol/errors.ts";

export interface RequestFacts {
  requestId: string;
  /** `METHOD /path/:pattern`, the only form of the path that a log may hold (S4). */
  route?: string;
  code?: ErrorCode;
  /** Where the one who asks stands with the route's limit, this request included. */
  counted?: LimitState;
}

export const facts = (res: Response): RequestFacts => res.locals as RequestFacts;

import type { ErrorRequestHandler, RequestHandler } from "express";
import type { Logger } from "../logger.ts";
import { errors, PasserbyError } from "../protocol/errors.ts";
import { bodyFault } from "./body.ts";
import { facts } from "./locals.ts";

/** The problem+json body (RFC 9457) of an error. `internal` says nothing but its title. */
export function problem(error: PasserbyError, requestId: string) {
  const { code, message, retryAfterMs, fields } = error.toBody();
  const { status, title } = errors[code];
  return {
    type: `urn:passerby:error:${code}`,
    title,
    status,
    detail: code === "internal" ? title : message,
    code,
    requestId,
    ...(fields && { fields }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** An unknown path, or a known one by another method. */
export const notFound: RequestHandler = () => {
  throw new PasserbyError("not-found");
};

function known(error: unknown): PasserbyError | undefined {
  if (error instanceof PasserbyError) return error;
  // Express refuses a path it cannot decode.
  if (error instanceof URIError) return new PasserbyError("invalid", undefined, { fields: { path: "is not valid" } });
  return bodyFault(error);
}

/** Name and stack alone: an error's own fields may hold what a guest sent (ioredis: the command's arguments) (S4). */
const fault = (error: unknown) => (error instanceof Error ? (error.stack ?? error.name) : typeof error);

/** The last middleware: errors of the closed list as they are, everything else logged and answered `internal`. */
export function answerErrors(logger: Logger): ErrorRequestHandler {
  return (error: unknown, _req, res, next) => {
    if (res.headersSent) return next(error);
    const { requestId, route } = facts(res);
    const answer = known(error) ?? new PasserbyError("internal");
    facts(res).code = answer.code;
    if (answer.code === "internal") logger.error({ requestId, route, fault: fault(error) }, "request failed");
    if (answer.retryAfterMs !== undefined)
      res.setHeader("Retry-After", Math.max(1, Math.ceil(answer.retryAfterMs / 1000)));
    if (answer.code === "unauthenticated" || answer.code === "token-expired")
      res.setHeader("WWW-Authenticate", "Bearer");
    res.status(errors[answer.code].status).setHeader("Cache-Control", "no-store");
    res.type("application/problem+json").send(JSON.stringify(problem(answer, requestId)));
  };
}

import { randomUUID } from "node:crypto";
import type { Request, RequestHandler } from "express";
import type { Config } from "../config.ts";
import type { Logger } from "../logger.ts";
import { facts } from "./locals.ts";

interface FromGateway extends Request {
  requestContext?: { requestId?: unknown };
}

/** API Gateway's own id where there is one, so that its access log and ours meet. A client's header is never believed. */
function requestIdOf(req: FromGateway): string {
  const id = req.requestContext?.requestId;
  return typeof id === "string" && /^[\w=-]{1,64}$/.test(id) ? id : randomUUID();
}

/**
 * Gives each request its id, and logs it once when answered: verbose in development, lean in production.
 * Never logged (S4): address, token, path values, query, body. So the path stands there as its route's pattern.
 */
export function requestLog(config: Config, logger: Logger): RequestHandler {
  return (req, res, next) => {
    const startedAt = process.hrtime.bigint();
    const requestId = requestIdOf(req);
    res.locals["requestId"] = requestId;
    res.setHeader("X-Request-Id", requestId);
    res.once("finish", () => {
      const { route = `${req.method} (no route)`, code } = facts(res);
      const durationMs = Math.round(Number(process.hrtime.bigint() - startedAt) / 1e5) / 10;
      const lean = { requestId, route, status: res.statusCode, durationMs, ...(code && { code }) };
      if (config.production) return logger.info(lean, "request");
      logger.debug(
        {
          ...lean,
          origin: req.headers.origin,
          contentType: req.headers["content-type"],
          requestBytes: Number(req.headers["content-length"] ?? 0),
          answerBytes: Number(res.getHeader("content-length") ?? 0),
          encoding: res.getHeader("content-encoding"),
        },
        "request",
      );
    });
    next();
  };
}

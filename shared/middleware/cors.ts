import cors from "cors";
import type { Request, RequestHandler } from "express";
import type { Config } from "../config.ts";
import type { Logger } from "../logger.ts";
import { PasserbyError } from "../protocol/errors.ts";

const common = {
  allowedHeaders: ["Authorization", "Content-Type"],
  exposedHeaders: ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After", "X-Request-Id"],
  maxAge: 600,
  optionsSuccessStatus: 204,
};
const anyMethod = ["GET", "HEAD", "POST", "PATCH", "DELETE"];

// Tokens travel in a header that no browser adds by itself, so no answer ever allows credentials.
const allowAll = cors({ ...common, origin: "*", methods: anyMethod });
const allowReading = cors({ ...common, origin: "*", methods: ["GET", "HEAD"] });
const allowOrigin = cors({ ...common, origin: true, methods: anyMethod });

/** Why an origin was refused, in words an operator can act on. */
export function refusal(origin: string, allowed: readonly string[]): string {
  if (origin === "null") return "an opaque origin (file:, sandboxed frame, redirect) cannot be listed";
  if (!URL.canParse(origin)) return "not an origin";
  if (allowed.length === 0) return "CORS_ORIGINS is empty";
  const { hostname, origin: exact } = new URL(origin);
  if (exact !== origin) return `write it as ${exact}`;
  const near = allowed.find((one) => new URL(one).hostname === hostname);
  if (near) return `scheme or port differs from ${near}`;
  const kin = allowed.find((one) => hostname.endsWith(`.${new URL(one).hostname}`));
  return kin ? `a subdomain of ${kin}, which does not include it` : "not in CORS_ORIGINS";
}

/** A page served by this very host sends its Origin too, with every POST. It needs no permission, so it is no refusal. */
const isOwn = (req: Request, origin: string) => URL.canParse(origin) && new URL(origin).host === req.headers.host;

/** Development: any origin. Production: the exact list; a refused origin gets no CORS header, its preflight a problem. */
export function crossOrigin(config: Config, logger: Logger): RequestHandler {
  const { corsOrigins, corsEmergencyUntil = 0 } = config;
  if (corsOrigins === "any") return allowAll;
  if (corsEmergencyUntil > Date.now()) {
    logger.warn({ until: new Date(corsEmergencyUntil).toISOString() }, "CORS is open for reading to every origin");
  }
  return (req, res, next) => {
    const { origin } = req.headers;
    if (origin !== undefined && corsOrigins.includes(origin)) return allowOrigin(req, res, next);
    res.vary("Origin");
    if (origin === undefined) return next();
    const preflight = req.method === "OPTIONS" && req.headers["access-control-request-method"] !== undefined;
    const wants = preflight ? req.headers["access-control-request-method"] : req.method;
    if (corsEmergencyUntil > Date.now() && (wants === "GET" || wants === "HEAD")) {
      logger.warn({ origin: origin.slice(0, 200) }, "origin let in by CORS_EMERGENCY_UNTIL");
      return allowReading(req, res, next);
    }
    if (isOwn(req, origin)) return next();
    logger.warn({ origin: origin.slice(0, 200), reason: refusal(origin, corsOrigins) }, "origin refused");
    if (preflight) throw new PasserbyError("forbidden", "This origin is not allowed");
    next();
  };
}

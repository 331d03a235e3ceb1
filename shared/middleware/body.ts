import express, { type Request, type RequestHandler } from "express";
import { PasserbyError } from "../protocol/errors.ts";

/** What body-parser threw, as an error of the closed list; undefined where the error is not its own. */
export function bodyFault(error: unknown): PasserbyError | undefined {
  if (!(error instanceof Error) || !("type" in error) || !("status" in error)) return undefined;
  if (error.status === 413) return new PasserbyError("payload-too-large");
  if (error.status === 415) return new PasserbyError("unsupported-type");
  if (error.status !== 400) return undefined;
  return new PasserbyError("invalid", undefined, { fields: { body: "cannot be read as its Content-Type says" } });
}

/**
 * JSON and urlencoded bodies of up to `limitBytes`, after inflation; another type with a body is `unsupported-type`.
 * A missing body is `{}`.
 */
export function parseBody(limitBytes: number): RequestHandler[] {
  // Made for the first request that has a body: most functions never see one.
  let parsers: { json: RequestHandler; form: RequestHandler } | undefined;
  const made = () =>
    (parsers ??= {
      json: express.json({ limit: limitBytes }),
      form: express.urlencoded({ limit: limitBytes, extended: true }),
    });
  const hasBody = ({ headers }: Request) =>
    headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

  return [
    (req, _res, next) => {
      // serverless-http leaves the raw Buffer here, and a parser that skips a request would leave it in place.
      req.body = undefined;
      next();
    },
    (req, res, next) => (hasBody(req) ? made().json(req, res, next) : next()),
    (req, res, next) => (hasBody(req) ? made().form(req, res, next) : next()),
    (req, _res, next) => {
      const length = Number(req.headers["content-length"] ?? 0);
      if (req.body === undefined && length > limitBytes) throw new PasserbyError("payload-too-large");
      if (req.body === undefined && length > 0) {
        throw new PasserbyError("unsupported-type", "Send application/json or application/x-www-form-urlencoded");
      }
      req.body ??= {};
      next();
    },
  ];
}

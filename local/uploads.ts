/** The disk store at `/uploads`, as a bucket would answer: POST a signed form, GET a signed URL. */
import { dirname, basename } from "node:path";
import express, { type ErrorRequestHandler, type Express } from "express";
import type { Config } from "../shared/config.ts";
import { createLogger } from "../shared/logger.ts";
import { crossOrigin } from "../shared/middleware/cors.ts";
import { diskKey, diskPath, diskStore } from "../shared/storage/disk.ts";
import { FormRefused } from "../shared/storage/policy.ts";
import { readMs } from "../shared/storage/store.ts";
import { receiveForm } from "./upload-form.ts";

/** Nothing that is served here can run, be framed, or be taken for another type (U5). */
const bytesOnly = {
  "X-Content-Type-Options": "nosniff",
  "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'",
  // Who may read is decided by the signature alone; the page may stand elsewhere.
  "Cross-Origin-Resource-Policy": "cross-origin",
  "Referrer-Policy": "no-referrer",
};

const escaped = (text: string) => text.replace(/[<>&]/g, "");

/** @returns undefined where the bytes are kept elsewhere */
export function serveUploads(config: Config): Express | undefined {
  if (config.uploadStore.kind !== "disk") return undefined;
  const logger = createLogger(config.logLevel, { tier: "uploads" });
  const signer = diskKey(config.secrets.jwtKeys[0]!.secret);
  const store = diskStore(config.uploadStore.directory, signer);
  const app = express().disable("x-powered-by").disable("etag");

  app.use((_req, res, next) => {
    res.set(bytesOnly).set("Cache-Control", "no-store");
    next();
  });
  app.use(crossOrigin(config, logger));

  app.post(diskPath, (req, res, next) => {
    receiveForm(req, store, signer).then(() => res.status(204).end(), next);
  });

  app.get(`${diskPath}/:place/:name`, (req, res, next) => {
    const key = `${req.params.place}/${req.params.name}`;
    const served = store.mayRead(key, new URL(req.originalUrl, "http://localhost").searchParams);
    if (!served) throw new FormRefused(403, "AccessDenied", "The URL is not signed, or has expired");
    const path = store.path(key);
    res.set({ "Content-Type": served.contentType, "Content-Disposition": served.disposition });
    res.set("Cache-Control", `private, max-age=${readMs / 1000}`);
    res.sendFile(basename(path), { root: dirname(path), cacheControl: false, lastModified: false }, (error) => {
      if (error && !res.headersSent) next(new FormRefused(404, "NoSuchKey", "The specified key does not exist."));
    });
  });

  app.use(() => {
    throw new FormRefused(405, "MethodNotAllowed", "The specified method is not allowed against this resource.");
  });
  const answer: ErrorRequestHandler = (error: unknown, req, res, next) => {
    if (res.headersSent) return next(error);
    const known =
      error instanceof FormRefused ? error : new FormRefused(500, "InternalError", "We encountered an internal error.");
    if (known !== error) logger.error({ err: error }, "upload failed");
    for (const name of ["Content-Disposition", "Content-Range"]) res.removeHeader(name);
    // What is left of a body that we do not want would hold the connection.
    if (!req.complete) res.set("Connection", "close");
    res.status(known.status).set("Cache-Control", "no-store").type("application/xml");
    res.send(`<Error><Code>${known.code}</Code><Message>${escaped(known.message)}</Message></Error>`);
  };
  app.use(answer);
  return app;
}

import helmet from "helmet";
import type { RequestHandler } from "express";
import type { Config } from "../config.ts";

/** The socket URL in the forms a browser needs: polling goes by http(s), the websocket by ws(s). */
function socketSources(socketUrl: string): string[] {
  const { host, protocol } = new URL(socketUrl);
  return protocol === "https:" || protocol === "wss:"
    ? [`https://${host}`, `wss://${host}`]
    : [`http://${host}`, `ws://${host}`];
}

/** Where uploads go to and come from; the disk store lives in our own origin. */
function storeSources({ uploadStore, s3Endpoint }: Config): string[] {
  if (uploadStore.kind === "disk") return [];
  return [s3Endpoint ? new URL(s3Endpoint).origin : `https://${uploadStore.bucket}.s3.amazonaws.com`];
}

/** What the page may reach: itself, its socket URL, its upload store. No inline script, no frame, no plugin. */
export function contentPolicy(config: Config): Record<string, string[]> {
  const store = storeSources(config);
  const sockets = [config, ...(config.cells ?? [])].flatMap(({ socketUrl }) => socketSources(socketUrl));
  return {
    "default-src": ["'self'"],
    "script-src": ["'self'"],
    "script-src-attr": ["'none'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:", "blob:", ...store],
    "media-src": ["'self'", "blob:", ...store],
    "connect-src": ["'self'", ...sockets, ...store],
    "font-src": ["'self'"],
    "worker-src": ["'self'"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
  };
}

/**
 * Security headers for the API and for the page.
 * Cross-origin reading is decided by CORS alone, so an API answer carries CORP `cross-origin`.
 */
export function security(config: Config, of: "api" | "page"): RequestHandler {
  const headers = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: contentPolicy(config) },
    crossOriginResourcePolicy: { policy: of === "api" ? "cross-origin" : "same-origin" },
    // Over plain http on a laptop the header would be ignored at best.
    strictTransportSecurity: config.production,
    frameguard: { action: "deny" },
  }) as RequestHandler;
  const permissions = "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=()";
  return (req, res, next) => {
    res.setHeader("Permissions-Policy", permissions);
    headers(req, res, next);
  };
}

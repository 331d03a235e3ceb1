/** Who may open a socket, by the browser's Origin: `cors.origin` of Socket.IO does not guard websockets. */
import type { IncomingMessage } from "node:http";
import type { NodeContext } from "./context.ts";

/** No Origin means no browser, and then no cookie or page to be abused: the token decides. */
export const allowRequest =
  ({ config, logger }: Pick<NodeContext, "config" | "logger">) =>
  (request: IncomingMessage, decide: (refusal: string | null, ok: boolean) => void): void => {
    const { origin } = request.headers;
    const ok = origin === undefined || config.corsOrigins === "any" || config.corsOrigins.includes(origin);
    if (!ok) logger.warn({ origin: origin.slice(0, 200) }, "origin refused: add it to CORS_ORIGINS if it is yours");
    decide(ok ? null : "origin not allowed", ok);
  };

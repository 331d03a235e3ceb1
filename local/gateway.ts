/** API Gateway on one machine: the same route table, events, limits and handlers, so that what works here works there. */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import type { Route } from "../functions/routes.ts";
import { loadConfig } from "../shared/config.ts";
import { problem } from "../shared/middleware/errors.ts";
import { PasserbyError } from "../shared/protocol/errors.ts";
import { limits } from "../shared/protocol/limits.ts";
import { compileRoutes } from "./gateway-routes.ts";
import { toContext, toEvent, writeResult } from "./gateway-event.ts";
import { serveUploads } from "./uploads.ts";

/** Lambda's own limit for an event, base64 included; it holds whatever BODY_LIMIT says. */
const PAYLOAD_BYTES = 6 * 1024 * 1024;
/** API Gateway's limits for all headers together and for an answer. */
const HEADER_BYTES = 10_240;
const HANDLER_MS = 29_000;
/** For a whole request; a file over a slow link takes its time. */
const REQUEST_MS = { api: 30_000, upload: 600_000 };

export type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;
export type LoadHandler = (module: string) => Promise<Handler & Partial<AsyncDisposable>>;

export interface GatewayOptions {
  routes: readonly Route[];
  /** 0: any free port. */
  port: number;
  host?: string;
  load?: LoadHandler;
  /** Who answers what the table does not hold (the page); a `not-found` problem otherwise. */
  fallback?: RequestListener;
}

export interface Gateway extends AsyncDisposable {
  url: string;
  server: Server;
}

const importHandler: LoadHandler = async (module) => {
  const loaded = (await import(new URL(`../${module}.ts`, import.meta.url).href)) as { handler: Handler };
  return loaded.handler;
};

function refuse(res: ServerResponse, error: PasserbyError): void {
  const body = problem(error, randomUUID());
  res.writeHead(body.status, { "content-type": "application/problem+json" }).end(JSON.stringify(body));
}

const notFound: RequestListener = (_req, res) => refuse(res, new PasserbyError("not-found"));

/** The whole body, or undefined once it is too large: then the rest is read away, so that the client hears the answer. */
async function readBody(req: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= PAYLOAD_BYTES) chunks.push(chunk);
    else chunks.length = 0;
  }
  return size <= PAYLOAD_BYTES ? Buffer.concat(chunks) : undefined;
}

/** Starts listening once every handler of the table is loaded. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { routes, port, host = "127.0.0.1", load = importHandler, fallback = notFound } = options;
  const find = compileRoutes(routes);
  const modules = [...new Set(routes.map((route) => route.handler))];
  const uploads = serveUploads(loadConfig());
  const isUpload = (url = "") => /^\/uploads(?:[/?]|$)/.test(url);
  const handlers = new Map(await Promise.all(modules.map(async (module) => [module, await load(module)] as const)));

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const hit = find(req.method ?? "GET", req.url ?? "/");
    if (!hit) return (uploads && isUpload(req.url) ? uploads : fallback)(req, res);
    const dribbled = setTimeout(() => req.destroy(), REQUEST_MS.api);
    const body = await readBody(req).finally(() => clearTimeout(dribbled));
    const event = body && toEvent({ req, body, route: hit.route, params: hit.params });
    if (!event || (event.body?.length ?? 0) > PAYLOAD_BYTES) return refuse(res, new PasserbyError("payload-too-large"));
    const handled = handlers.get(hit.handler)!(event, toContext(event, HANDLER_MS));
    let late: NodeJS.Timeout | undefined;
    const timedOut = new Promise<never>((_, reject) => {
      late = setTimeout(() => reject(new PasserbyError("unavailable")), HANDLER_MS).unref();
    });
    // Cleared, or the answer is kept for as long.
    const result = await Promise.race([handled, timedOut]).finally(() => clearTimeout(late));
    if ((result.body?.length ?? 0) > PAYLOAD_BYTES) throw new Error(`${hit.route} answered more than Lambda allows`);
    writeResult(res, req.method, result);
  }

  const server = createServer({ maxHeaderSize: HEADER_BYTES, connectionsCheckingInterval: 1_000 }, (req, res) => {
    answer(req, res).catch((error: unknown) => {
      if (res.headersSent) res.destroy();
      else refuse(res, error instanceof PasserbyError ? error : new PasserbyError("internal"));
    });
  });
  // A client that dribbles its request holds a socket for this long at most, and a second: by default Node looks only every 30 s.
  Object.assign(server, {
    headersTimeout: limits.connectTimeoutMs,
    requestTimeout: REQUEST_MS.upload,
    keepAliveTimeout: 5_000,
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, host, () => resolve());
  });

  return {
    server,
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      setTimeout(() => server.closeAllConnections(), 300).unref();
      await closed;
      for (const handler of handlers.values()) await handler[Symbol.asyncDispose]?.();
    },
  };
}

/** HTTP ↔ the events of an API Gateway HTTP API (payload format 2.0). */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";

/** What API Gateway hands on as text; everything else, and whatever is encoded, travels as base64. */
const TEXT = /^(text\/|application\/(json|javascript|xml)|[^;]*\+(json|xml))/i;
const HOP_BY_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer", "expect"]);
const NOT_OURS = new Set([...HOP_BY_HOP, "content-length"]);

export interface Asked {
  req: IncomingMessage;
  body: Buffer;
  /** The route's key and what its variables matched. */
  route: string;
  params: Record<string, string>;
}

function headersOf(req: IncomingMessage, peer: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(req.headers)) {
    if (value === undefined || name === "cookie" || HOP_BY_HOP.has(name)) continue;
    headers[name] = Array.isArray(value) ? value.join(",") : value;
  }
  // As API Gateway does: whatever the client claims comes first, the peer that was really seen last.
  headers["x-forwarded-for"] = [headers["x-forwarded-for"], peer].filter(Boolean).join(", ");
  headers["x-forwarded-proto"] = "http";
  headers["x-forwarded-port"] = String(req.socket.localPort ?? "");
  return headers;
}

function queryOf(search: string): Record<string, string> | undefined {
  const query: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(search)) {
    query[name] = Object.hasOwn(query, name) ? `${query[name]},${value}` : value;
  }
  return Object.keys(query).length > 0 ? query : undefined;
}

export function toEvent({ req, body, route, params }: Asked): APIGatewayProxyEventV2 {
  const [rawPath = "/", rawQueryString = ""] = (req.url ?? "/").split(/\?(.*)/s);
  const peer = req.socket.remoteAddress ?? "127.0.0.1";
  const headers = headersOf(req, peer);
  const encoded = headers["content-encoding"] !== undefined && headers["content-encoding"] !== "identity";
  const isBase64Encoded = body.length > 0 && (encoded || !TEXT.test(headers["content-type"] ?? ""));
  const query = queryOf(rawQueryString);
  const now = new Date();
  return {
    version: "2.0",
    routeKey: route,
    rawPath,
    rawQueryString,
    ...(req.headers.cookie && { cookies: req.headers.cookie.split(/;\s*/) }),
    headers,
    ...(query && { queryStringParameters: query }),
    ...(Object.keys(params).length > 0 && { pathParameters: params }),
    requestContext: {
      accountId: "000000000000",
      apiId: "local",
      domainName: req.headers.host ?? "localhost",
      domainPrefix: "local",
      http: {
        method: req.method ?? "GET",
        path: rawPath,
        protocol: `HTTP/${req.httpVersion}`,
        sourceIp: peer,
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: randomUUID(),
      routeKey: route,
      stage: "$default",
      time: now.toUTCString(),
      timeEpoch: now.getTime(),
    },
    ...(body.length > 0 && { body: body.toString(isBase64Encoded ? "base64" : "utf8") }),
    isBase64Encoded,
  };
}

/** The part of Lambda's context that a handler may rely on. */
export function toContext(event: APIGatewayProxyEventV2, timeoutMs: number): Context {
  const endsAt = Date.now() + timeoutMs;
  return {
    awsRequestId: event.requestContext.requestId,
    functionName: event.routeKey,
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => Math.max(0, endsAt - Date.now()),
  } as Context;
}

/** Writes a handler's answer; a HEAD keeps its headers, and drops the body that no client would read. */
export function writeResult(
  res: ServerResponse,
  method: string | undefined,
  result: APIGatewayProxyStructuredResultV2,
) {
  const payload = Buffer.from(result.body ?? "", result.isBase64Encoded ? "base64" : "utf8");
  for (const [name, value] of Object.entries(result.headers ?? {})) {
    if (value !== undefined && !NOT_OURS.has(name.toLowerCase())) res.setHeader(name, String(value));
  }
  if (result.cookies?.length) res.setHeader("set-cookie", result.cookies);
  const status = result.statusCode ?? 200;
  const bodiless = method === "HEAD" || status === 204 || status === 304;
  res.writeHead(status, bodiless ? {} : { "content-length": payload.length });
  res.end(bodiless ? undefined : payload);
}

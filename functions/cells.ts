/**
 * One HTTP API before several cells (CELLS): an app for each, with its own Redis. A request goes to the cell that its guest or
 * the id in its path names; who has no name yet goes by their address, so that a limit per address is counted in one place.
 */
import { createHash } from "node:crypto";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { cellOf } from "../shared/cells.ts";
import type { Config } from "../shared/config.ts";
import { addressOf } from "../shared/middleware/client-address.ts";
import type { RouteAnswer } from "../shared/protocol/index.ts";
import type { LambdaHandler } from "./lambda.ts";

type Event = APIGatewayProxyEventV2;
type Result = APIGatewayProxyStructuredResultV2;
type Stats = RouteAnswer<"GET /api/stats">;
type SocketStats = RouteAnswer<"GET /api/socket/stats">;
type Ready = RouteAnswer<"GET /health/ready">;

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

/** What is told of all cells together. */
const together: Record<string, (answers: never[]) => object> = {
  "/api/stats": (all: Stats[]): Stats => {
    const total = (pick: (one: Stats) => number) => sum(all.map(pick));
    return {
      guests: {
        online: total(({ guests }) => guests.online),
        searching: total(({ guests }) => guests.searching),
        connected: total(({ guests }) => guests.connected),
      },
      activeUsers: total(({ activeUsers }) => activeUsers),
      sessions: { active: total(({ sessions }) => sessions.active), total: total(({ sessions }) => sessions.total) },
      rooms: { pair: total(({ rooms }) => rooms.pair), group: total(({ rooms }) => rooms.group) },
      timestamp: all[0]!.timestamp,
    };
  },
  "/api/socket/stats": (all: SocketStats[]): SocketStats => {
    const sockets = sum(all.map(({ connectedSockets }) => connectedSockets));
    return {
      ...all[0]!,
      connectedSockets: sockets,
      rooms: sum(all.map(({ rooms }) => rooms)),
      namespaces: [{ name: "/", sockets }],
      rateLimit: { ...all[0]!.rateLimit, limited: sum(all.map(({ rateLimit }) => rateLimit.limited)) },
      nodes: all.flatMap(({ nodes }) => nodes),
    };
  },
  "/health/ready": (all: Ready[]): Ready => ({
    status: all.find(({ status }) => status !== "ready")?.status ?? "ready",
    checks: { redis: all.every(({ checks }) => checks.redis), storage: all.every(({ checks }) => checks.storage) },
  }),
};

/** Whom a token is about, unchecked: the cell's own app checks it. */
function subjectOf(authorization = ""): string {
  try {
    const [, payload = ""] = authorization.split(".");
    return String((JSON.parse(Buffer.from(payload, "base64url").toString()) as { sub?: unknown }).sub);
  } catch {
    return "";
  }
}

/** The one with the highest lot: where a cell is added or taken away, few addresses change theirs. */
export function drawn(names: string[], address: string): string {
  const lot = (name: string) => createHash("sha256").update(`${name} ${address}`).digest("hex");
  return names.toSorted((a, b) => (lot(a) < lot(b) ? 1 : -1))[0]!;
}

/** The settings of each cell's process; where CELLS is not set, those that there are. */
export const inEachCell = (config: Config): Config[] =>
  config.cells.length === 0 ? [config] : config.cells.map(({ name, ...cell }) => ({ ...config, ...cell, cell: name }));

/** @param make the function's handler for one cell; where CELLS is not set, that is all there is */
export async function cellular(
  config: Config,
  make: (config: Config) => LambdaHandler | Promise<LambdaHandler>,
): Promise<LambdaHandler> {
  if (config.cells.length === 0) return make(config);
  const made = inEachCell(config).map(async (one) => [one.cell, await make(one)] as const);
  const handlers = new Map(await Promise.all(made));
  const names = [...handlers.keys()];

  function cellFor({ rawPath, headers, requestContext }: Event): string {
    const ids = [subjectOf(headers["authorization"]), ...rawPath.split("/")];
    const named = ids.map(cellOf).find((name) => handlers.has(name));
    if (named !== undefined) return named;
    return drawn(names, addressOf(requestContext.http.sourceIp, headers["x-forwarded-for"], config.trustedProxies));
  }

  async function handle(event: Event, context: Parameters<LambdaHandler>[1]): Promise<Result> {
    const join = together[event.rawPath.replace(/\/$/, "")];
    if (!join || event.requestContext.http.method !== "GET") return handlers.get(cellFor(event))!(event, context);
    const answers = await Promise.all([...handlers.values()].map((handler) => handler(event, context)));
    const told = answers.map(({ statusCode, body = "" }) => ({ statusCode, body }));
    // A problem of one is the answer: half a sum would be a wrong number.
    const bad = answers.find(({ statusCode }) => statusCode !== 200 && statusCode !== 503);
    const problem = bad ?? answers.find(({ headers }) => String(headers?.["content-type"]).includes("problem"));
    if (problem) return problem;
    const { headers } = answers[0]!;
    const body = JSON.stringify(join(told.map((one) => JSON.parse(one.body) as never)));
    const statusCode = Math.max(...told.map((one) => one.statusCode ?? 200));
    return { statusCode, headers: { ...headers, "content-length": String(Buffer.byteLength(body)) }, body };
  }
  return Object.assign(handle, {
    [Symbol.asyncDispose]: async () =>
      void (await Promise.all([...handlers.values()].map((one) => one[Symbol.asyncDispose]()))),
  });
}

import { z } from "zod";
import { at, request, roomId, route, userId } from "./wire.ts";

/** `away`: connection lost, still within the grace. `offline`: gone. */
export const status = z.enum(["online", "away", "offline"]);

export const stats = z.strictObject({
  guests: z.strictObject({ online: z.int(), searching: z.int(), connected: z.int() }),
  activeUsers: z.int(),
  sessions: z.strictObject({ active: z.int(), total: z.int() }),
  rooms: z.strictObject({ pair: z.int(), group: z.int() }),
  timestamp: at,
});

export const nodeStats = z.strictObject({
  id: z.string(),
  pid: z.int(),
  sockets: z.int(),
  rooms: z.int(),
  eventLoopLagMs: z.number(),
  rssBytes: z.int(),
  state: z.enum(["starting", "ready", "draining"]),
  startedAt: at,
});

const readiness = z.strictObject({
  status: z.enum(["ready", "degraded", "draining"]),
  checks: z.strictObject({ redis: z.boolean(), storage: z.boolean() }),
});

export const presence = {
  requests: {
    "stats:watch": request(z.strictObject({ on: z.boolean() }), stats),
  },
  events: {
    "presence:changed": z.strictObject({ roomId, userId, status }),
    "stats:updated": stats,
  },
  routes: {
    "GET /health": route({
      summary: "Is the process up? Never touches Redis",
      auth: "none",
      status: 200,
      answer: z.strictObject({ status: z.literal("ok"), uptime: z.number(), version: z.string(), timestamp: at }),
    }),
    "GET /health/ready": route({
      summary: "Can it serve? 503 while degraded or draining",
      auth: "none",
      status: 200,
      also: [503],
      answer: readiness,
    }),
    "GET /api/stats": route({ summary: "Live numbers, from leases", auth: "none", status: 200, answer: stats }),
    "GET /api/socket/stats": route({
      summary: "The socket tier, node by node",
      auth: "none",
      status: 200,
      answer: z.strictObject({
        connectedSockets: z.int(),
        rooms: z.int(),
        namespaces: z.array(z.strictObject({ name: z.string(), sockets: z.int() })),
        rateLimit: z.strictObject({ points: z.int(), windowMs: z.int(), limited: z.int() }),
        nodes: z.array(nodeStats),
        timestamp: at,
      }),
    }),
  },
} as const;

export type Status = z.output<typeof status>;
export type Stats = z.output<typeof stats>;
export type NodeStats = z.output<typeof nodeStats>;

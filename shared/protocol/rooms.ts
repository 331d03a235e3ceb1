import { z } from "zod";
import { message, receipt } from "./messages.ts";
import { status } from "./presence.ts";
import { limits } from "./limits.ts";
import { at, empty, request, roomId, route, seq, user } from "./wire.ts";

const visibility = z.enum(["public", "unlisted"]);
const name = z.string().trim().min(1).max(limits.roomNameMax);
const capacity = z.int().min(2).max(limits.roomCapacityMax);

export const room = z.strictObject({
  id: roomId,
  kind: z.enum(["pair", "group"]),
  name: z.string().optional(),
  visibility: visibility.optional(),
  capacity: z.int(),
  members: z.array(z.strictObject({ ...user.shape, status })),
  epoch: z.string(),
  lastSeq: seq,
  createdAt: at,
});

export const rooms = {
  requests: {
    "room:join": request(
      z.strictObject({ roomId }),
      z.strictObject({ room, messages: z.array(message), more: z.boolean(), receipts: z.array(receipt) }),
    ),
    "room:leave": request(z.strictObject({ roomId }), empty),
  },
  events: {
    "room:joined": z.strictObject({ roomId, user }),
    "room:left": z.strictObject({ roomId, user }),
    "room:closed": z.strictObject({ roomId, reason: z.string() }),
  },
  routes: {
    "GET /api/rooms": route({
      summary: "Public rooms with their member counts",
      auth: "bearer",
      status: 200,
      query: z.strictObject({
        cursor: z.string().max(200).optional(),
        limit: z.coerce.number().int().min(1).max(100).optional(),
      }),
      answer: z.strictObject({
        rooms: z.array(
          z.strictObject({ id: roomId, name: z.string(), capacity: z.int(), memberCount: z.int(), createdAt: at }),
        ),
        cursor: z.string().optional(),
      }),
    }),
    "POST /api/rooms": route({
      summary: "Create a room",
      auth: "bearer",
      status: 201,
      body: z.strictObject({ name, visibility, capacity: capacity.optional() }),
      answer: z.strictObject({ room }),
    }),
    "GET /api/rooms/:id": route({
      summary: "One room",
      auth: "bearer",
      status: 200,
      params: z.strictObject({ id: roomId }),
      answer: z.strictObject({ room }),
    }),
  },
} as const;

export type Room = z.output<typeof room>;

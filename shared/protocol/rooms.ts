import { z } from "zod";
import { message, receipt } from "./messages.ts";
import { status } from "./presence.ts";
import { limits } from "./limits.ts";
import { at, empty, request, roomId, route, seq, user } from "./wire.ts";

const visibility = z.enum(["public", "unlisted"]);
/** One line, kept well-formed as texts are. */
const name = z
  .string()
  .trim()
  .min(1, "must not be blank")
  .max(limits.roomNameMax)
  .regex(/^[^\p{Cc}\p{Bidi_Control}]*$/u, "must not hold control characters")
  .overwrite((value) => value.replace(/\p{Surrogate}/gu, "\ufffd"));
const capacity = z.int().min(2).max(limits.roomCapacityMax);

export const room = z.strictObject({
  id: roomId,
  kind: z.enum(["pair", "group"]),
  name: z.string().optional(),
  visibility: visibility.optional(),
  capacity: z.int(),
  /** Of a group with more of them, `largeRoom`, whichever; for one who looks at it from outside, none. */
  members: z.array(z.strictObject({ ...user.shape, status })),
  /** Of a group: how many are in. */
  memberCount: z.int().optional(),
  epoch: z.string(),
  lastSeq: seq,
  createdAt: at,
});

/** In a large room at most one of each a second, about the last who came or left; `memberCount` counts all. */
const passage = z.strictObject({ roomId, user, memberCount: z.int() });

export const rooms = {
  requests: {
    "room:join": request(
      z.strictObject({ roomId }),
      z.strictObject({ room, messages: z.array(message), more: z.boolean(), receipts: z.array(receipt) }),
    ),
    "room:leave": request(z.strictObject({ roomId }), empty),
  },
  events: {
    "room:joined": passage,
    "room:left": passage,
    "room:closed": z.strictObject({ roomId, reason: z.string() }),
  },
  routes: {
    "GET /api/rooms": route({
      summary: "Public rooms with their member counts, the fullest first, then the newest",
      auth: "bearer",
      status: 200,
      query: z.strictObject({
        cursor: z.string().max(200).optional(),
        limit: z.coerce.number().int().min(1).max(limits.roomsPage).optional(),
      }),
      answer: z.strictObject({
        rooms: z.array(
          z.strictObject({ id: roomId, name: z.string(), capacity: z.int(), memberCount: z.int(), createdAt: at }),
        ),
        cursor: z.string().optional(),
      }),
    }),
    "POST /api/rooms": route({
      summary: "Create a room; its creator is in it",
      auth: "bearer",
      status: 201,
      body: z.strictObject({ name, visibility, capacity: capacity.optional() }),
      answer: z.strictObject({ room }),
    }),
    "GET /api/rooms/:id": route({
      summary: "One room; a group may be looked at before joining, without its members",
      auth: "bearer",
      status: 200,
      params: z.strictObject({ id: roomId }),
      answer: z.strictObject({ room }),
    }),
  },
} as const;

export type Room = z.output<typeof room>;

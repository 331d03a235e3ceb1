import { z } from "zod";
import { call } from "./calls.ts";
import { matchState } from "./matching.ts";
import { message, receipt } from "./messages.ts";
import { room } from "./rooms.ts";
import { at, interests, language, roomId, route, seq, user, username } from "./wire.ts";

export const epoch = z.string().regex(/^[A-Za-z0-9_-]{16}$/);
export const cursor = z.strictObject({ epoch, seq });

/** What the client sends as `auth` of the handshake. */
export const handshake = z.strictObject({
  token: z.string(), // of any length that a frame may have: a wrong one is "unauthenticated", whatever is wrong with it
  protocol: z.literal(1),
  cursors: z
    .record(roomId, cursor)
    .refine((cursors) => Object.keys(cursors).length <= 100, "at most 100 rooms")
    .optional(),
});

const profile = z.strictObject({
  username: username.optional(),
  interests: interests.optional(),
  language: language.optional(),
});
const credentials = z.strictObject({ token: z.string(), expiresAt: at, socketUrl: z.url(), user });

export const sessions = {
  requests: {},
  events: {
    "session:welcome": z.strictObject({
      user,
      connectionId: z.string(),
      nodeId: z.string(),
      serverTime: at,
      limits: z.record(z.string(), z.number()),
      match: matchState,
      rooms: z.array(
        z.strictObject({
          room,
          messages: z.array(message),
          more: z.boolean(),
          gap: z.boolean(),
          receipts: z.array(receipt),
        }),
      ),
      calls: z.array(call),
      ended: z.array(z.strictObject({ roomId, reason: z.string() })).optional(),
    }),
    "session:replaced": z.strictObject({ reason: z.string() }),
    /** `retryAfterMs`: how long a ban still lasts. */
    "session:ended": z.strictObject({ reason: z.string(), retryAfterMs: z.int().min(0).optional() }),
    "server:draining": z.strictObject({ reconnectInMs: z.int().min(0) }),
  },
  routes: {
    "POST /api/guest": route({
      summary: "Become a guest: a name, a token and the socket URL to use it on",
      auth: "none",
      status: 201,
      body: profile.extend({ challenge: z.string().max(4096).optional() }),
      answer: credentials,
    }),
    "GET /api/guest/username": route({
      summary: "Suggest a free name",
      auth: "none",
      status: 200,
      answer: z.strictObject({ username }),
    }),
    "GET /api/guest/me": route({
      summary: "Who am I, until when, in which rooms",
      auth: "bearer",
      status: 200,
      answer: z.strictObject({
        user: z.strictObject({ ...user.shape, interests: z.array(z.string()), language: z.string().optional() }),
        session: z.strictObject({ createdAt: at, expiresAt: at }),
        rooms: z.array(roomId),
      }),
    }),
    "PATCH /api/guest/me": route({
      summary: "Change name, interests or language",
      auth: "bearer",
      status: 200,
      body: profile,
      answer: z.strictObject({
        user: z.strictObject({ ...user.shape, interests: z.array(z.string()), language: z.string().optional() }),
        session: z.strictObject({ createdAt: at, expiresAt: at }),
        rooms: z.array(roomId),
      }),
    }),
    "DELETE /api/guest/me": route({
      summary: "Forget everything of mine now, and close my sockets",
      auth: "bearer",
      whileBanned: true,
      status: 204,
    }),
    "POST /api/guest/refresh": route({
      summary: "A fresh token for the same guest",
      auth: "expired-bearer",
      status: 200,
      answer: credentials,
    }),
  },
} as const;

export type Handshake = z.output<typeof handshake>;
export type Cursor = z.output<typeof cursor>;
export type User = z.output<typeof user>;
export type Credentials = z.output<typeof credentials>;
export type Welcome = z.output<(typeof sessions.events)["session:welcome"]>;

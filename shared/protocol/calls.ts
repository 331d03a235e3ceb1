import { z } from "zod";
import { limits } from "./limits.ts";
import { at, empty, id, request, roomId, route, userId } from "./wire.ts";

const callMedia = z.enum(["audio", "video"]);
const callId = id("call");
const small = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).length <= limits.signalBytes;

/**
 * All rung declined · nobody answered · somebody hung up or left and one is left · … whose connection did not come back ·
 * the room closed (the pair was left, blocked, lost, or a session ended).
 */
export const callEndReason = z.enum(["declined", "timeout", "hangup", "lost", "room-closed"]);

export const call = z.strictObject({
  id: callId,
  roomId,
  media: callMedia,
  state: z.enum(["ringing", "active", "ended"]),
  startedBy: userId,
  participants: z.array(
    z.strictObject({
      userId,
      state: z.enum(["ringing", "joined", "left", "declined"]),
      audio: z.boolean(),
      video: z.boolean(),
      screen: z.boolean(),
      direct: z.boolean(),
    }),
  ),
  startedAt: at,
  endedReason: callEndReason.optional(),
});

export const iceServer = z.strictObject({
  urls: z.union([z.string(), z.array(z.string())]),
  username: z.string().optional(),
  credential: z.string().optional(),
});

/** RTCSessionDescriptionInit or RTCIceCandidateInit, by shape and size. */
export const signal = z
  .union([
    z.strictObject({
      description: z.strictObject({
        type: z.enum(["offer", "answer", "pranswer", "rollback"]),
        sdp: z.string().optional(),
      }),
    }),
    z.strictObject({
      candidate: z
        .strictObject({
          candidate: z.string().max(1024),
          sdpMid: z.string().max(64).nullish(),
          sdpMLineIndex: z.int().min(0).max(255).nullish(),
          usernameFragment: z.string().max(256).nullish(),
        })
        .nullable(),
    }),
  ])
  .refine(small, `at most ${limits.signalBytes} bytes`);

const joined = z.strictObject({
  call,
  iceServers: z.array(iceServer).optional(),
  relayOnly: z.boolean().optional(),
});

export const calls = {
  requests: {
    "call:start": request(
      z.strictObject({ roomId, media: callMedia }),
      z.strictObject({ call, iceServers: z.array(iceServer), relayOnly: z.boolean() }),
    ),
    "call:accept": request(z.strictObject({ callId }), joined),
    "call:decline": request(z.strictObject({ callId }), joined),
    "call:hangup": request(z.strictObject({ callId }), joined),
    "call:signal": request(z.strictObject({ callId, to: userId, data: signal }), empty, 0.1),
    "call:media": request(
      z.strictObject({ callId, audio: z.boolean(), video: z.boolean(), screen: z.boolean() }),
      z.strictObject({ call }),
    ),
    "call:direct": request(z.strictObject({ callId, allow: z.boolean() }), z.strictObject({ call })),
  },
  events: {
    "call:ringing": z.strictObject({ call, from: userId.optional() }),
    "call:changed": z.strictObject({ call, from: userId.optional() }),
    "call:signal": z.strictObject({ callId, from: userId, data: signal }),
  },
  routes: {
    "GET /api/calls/ice-servers": route({
      summary: "STUN and TURN servers with credentials of this guest's own",
      auth: "bearer",
      status: 200,
      answer: z.strictObject({ iceServers: z.array(iceServer), relayOnly: z.boolean(), expiresAt: at }),
    }),
  },
} as const;

export type CallEndReason = z.output<typeof callEndReason>;
export type Call = z.output<typeof call>;
export type Signal = z.output<typeof signal>;

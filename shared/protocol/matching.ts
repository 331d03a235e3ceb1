import { z } from "zod";
import { room } from "./rooms.ts";
import { at, empty, interests, language, media, request, roomId, user } from "./wire.ts";

/** How wide the search is now: shared interests first, then language, then anyone (M4). */
export const level = z.enum(["interests", "language", "anyone"]);

export const criteria = z.strictObject({
  level,
  interests: z.array(z.string()),
  language: z.string().optional(),
  media,
  /** When the search widens next; absent at `anyone`. */
  widensAt: at.optional(),
});

export const matchState = z.discriminatedUnion("state", [
  z.strictObject({ state: z.literal("idle") }),
  z.strictObject({
    state: z.literal("queued"),
    since: at,
    position: z.int().min(1).optional(),
    estimateMs: z.int().min(0).optional(),
    criteria,
  }),
  z.strictObject({ state: z.literal("matched"), roomId }),
]);

export const wishes = z.strictObject({
  interests: interests.optional(),
  language: language.optional(),
  media: media.optional(),
});

export const matchEndReason = z.enum(["left", "skipped", "lost", "blocked", "reported", "session-ended"]);

export const matching = {
  requests: {
    "match:join": request(wishes, matchState),
    "match:leave": request(empty, matchState),
    "match:skip": request(z.strictObject({ roomId }), matchState),
  },
  events: {
    "match:queued": matchState,
    "match:found": z.strictObject({
      room,
      partner: user,
      shared: z.array(z.string()),
      waitedMs: z.int().min(0),
      widened: z.boolean(),
    }),
    "match:ended": z.strictObject({ roomId, reason: matchEndReason }),
  },
  routes: {},
} as const;

export type Level = z.output<typeof level>;
export type Wishes = z.output<typeof wishes>;
export type MatchState = z.output<typeof matchState>;
export type MatchEndReason = z.output<typeof matchEndReason>;
export type MatchFound = z.output<(typeof matching.events)["match:found"]>;

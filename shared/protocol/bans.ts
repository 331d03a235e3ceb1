import { z } from "zod";
import { limits } from "./limits.ts";
import { at, id, route, userId } from "./wire.ts";

const reason = z.string().trim().min(1).max(limits.banReasonMax);
/** A guest's id, or an address' pseudonym. */
const banId = z.string().regex(/^(usr|adr)_[A-Za-z0-9_-]{16,40}$/, "must be an id such as usr_… or adr_…");

export const ban = z.strictObject({
  id: banId,
  kind: z.enum(["guest", "address"]),
  reason: z.string().optional(),
  createdAt: at,
  expiresAt: at,
});

export const bans = {
  requests: {},
  events: {},
  routes: {
    "GET /api/bans": route({
      summary: "Who is kept out just now, those that end last first",
      auth: "admin",
      status: 200,
      query: z.strictObject({
        cursor: z.string().max(200).optional(),
        limit: z.coerce.number().int().min(1).max(100).optional(),
      }),
      answer: z.strictObject({ bans: z.array(ban), cursor: z.string().optional() }),
    }),
    "POST /api/bans": route({
      summary: "Keep out a guest, the addresses they were seen at, or both, for at most a day",
      auth: "admin",
      status: 201,
      body: z
        .strictObject({
          userId: userId.optional(),
          /** Of this report: the one it is about, though they may be gone. */
          reportId: id("rep").optional(),
          guest: z.boolean(),
          address: z.boolean(),
          durationMs: z.int().min(limits.banMinMs).max(limits.banMaxMs),
          reason: reason.optional(),
        })
        .refine((body) => (body.userId === undefined) !== (body.reportId === undefined), {
          path: ["userId"],
          message: "give userId or reportId",
        })
        .refine((body) => body.guest || body.address, { path: ["guest"], message: "ban guest, address or both" }),
      answer: z.strictObject({ bans: z.array(ban) }),
    }),
    "DELETE /api/bans/:id": route({
      summary: "Let them in again",
      auth: "admin",
      status: 204,
      params: z.strictObject({ id: banId }),
    }),
  },
} as const;

export type Ban = z.output<typeof ban>;

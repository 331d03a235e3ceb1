import { z } from "zod";
import { limits } from "./limits.ts";
import { message } from "./messages.ts";
import { at, empty, id, request, roomId, route, seq, user, userId } from "./wire.ts";

const reportId = id("rep");
const small = (evidence: unknown) => JSON.stringify(evidence).length <= limits.evidenceBytes;
/** Messages as the reporter's client holds them, each with the stamp it came with. */
const evidence = z.array(message).max(limits.evidenceMessages).refine(small, `at most ${limits.evidenceBytes} bytes`);

/** What a list of reports says of one. */
export const reportSummary = z.strictObject({
  id: reportId,
  roomId,
  reason: z.string(),
  reporter: user,
  reported: z.strictObject({ ...user.shape, username: z.string().optional() }),
  messageCount: z.int(),
  createdAt: at,
  expiresAt: at,
});

export const report = reportSummary.extend({
  note: z.string().optional(),
  messages: z.array(
    z.strictObject({
      message,
      /** `log`: read by the server itself when the report came. */
      source: z.enum(["log", "reporter"]),
      /** `unverifiable`: without a stamp, or one by a key that is known no more. */
      verdict: z.enum(["genuine", "altered", "unverifiable"]),
    }),
  ),
  /** What was said between two of the messages and is not part of the report. */
  gaps: z.array(z.strictObject({ epoch: z.string(), after: seq, before: seq, missing: z.int() })),
});

export const reports = {
  requests: {
    "user:block": request(z.strictObject({ userId }), empty),
  },
  events: {},
  routes: {
    "POST /api/reports": route({
      summary: "Report a guest, with the messages that show why; blocks them, and ends a pair with them",
      auth: "bearer",
      status: 201,
      body: z.strictObject({
        roomId,
        userId,
        reason: z.string().trim().min(1).max(100),
        messageIds: z.array(id("msg")).max(limits.evidenceMessages).optional(),
        messages: evidence.optional(),
        note: z.string().trim().max(1000).optional(),
      }),
      answer: z.strictObject({ reportId }),
    }),
    "GET /api/reports": route({
      summary: "Reports of the last day, newest first",
      auth: "admin",
      status: 200,
      query: z.strictObject({
        cursor: z.string().max(200).optional(),
        limit: z.coerce.number().int().min(1).max(100).optional(),
      }),
      answer: z.strictObject({ reports: z.array(reportSummary), cursor: z.string().optional() }),
    }),
    "GET /api/reports/:id": route({
      summary: "One report: its messages, each genuine or not, and what is missing between them",
      auth: "admin",
      status: 200,
      params: z.strictObject({ id: reportId }),
      answer: z.strictObject({ report }),
    }),
    "DELETE /api/reports/:id": route({
      summary: "Dismiss a report: it is forgotten",
      auth: "admin",
      status: 204,
      params: z.strictObject({ id: reportId }),
    }),
  },
} as const;

export type ReportSummary = z.output<typeof reportSummary>;
export type Report = z.output<typeof report>;

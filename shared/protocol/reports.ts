import { z } from "zod";
import { empty, id, request, roomId, route, userId } from "./wire.ts";

export const reports = {
  requests: {
    "user:block": request(z.strictObject({ userId }), empty),
  },
  events: {},
  routes: {
    "POST /api/reports": route({
      summary: "Report a guest, with the messages that show why",
      auth: "bearer",
      status: 201,
      body: z.strictObject({
        roomId,
        userId,
        reason: z.string().trim().min(1).max(100),
        messageIds: z.array(id("msg")).max(50).optional(),
        note: z.string().trim().max(1000).optional(),
      }),
      answer: z.strictObject({ reportId: z.string() }),
    }),
  },
} as const;

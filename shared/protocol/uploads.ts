import { z } from "zod";
import { limits } from "./limits.ts";
import { at, id, roomId, route } from "./wire.ts";

const upload = z.strictObject({
  id: id("upl"),
  roomId,
  kind: z.enum(["file", "voice"]),
  filename: z.string(),
  contentType: z.string(),
  sizeBytes: z.int(),
  width: z.int().optional(),
  height: z.int().optional(),
  durationMs: z.int().optional(),
  peaks: z.array(z.number()).optional(),
  state: z.enum(["pending", "complete"]),
  expiresAt: at,
});
const params = z.strictObject({ id: id("upl") });

export const uploads = {
  requests: {},
  events: {},
  routes: {
    "POST /api/uploads": route({
      summary: "A slot for one file: a form that goes straight to the store",
      auth: "bearer",
      status: 201,
      body: z.strictObject({
        roomId,
        kind: z.enum(["file", "voice"]),
        filename: z.string().min(1).max(limits.filenameMax),
        contentType: z.string().min(3).max(127),
        sizeBytes: z.int().min(1).max(limits.fileBytes),
        durationMs: z.int().min(0).max(limits.voiceMs).optional(),
        peaks: z.array(z.number().min(0).max(1)).max(limits.voicePeaks).optional(),
      }),
      answer: z.strictObject({
        upload,
        form: z.strictObject({ url: z.url(), fields: z.record(z.string(), z.string()) }),
        expiresAt: at,
      }),
    }),
    "POST /api/uploads/:id/complete": route({
      summary: "The bytes are there: check them and let the file be sent",
      auth: "bearer",
      status: 200,
      params,
      answer: z.strictObject({ upload }),
    }),
    "GET /api/uploads/:id": route({
      summary: "A short-lived URL of the bytes, for members of the room",
      auth: "ticket",
      status: 302,
      params,
      query: z.strictObject({ ticket: z.string().max(2048).optional() }),
    }),
  },
} as const;

export type Upload = z.output<typeof upload>;

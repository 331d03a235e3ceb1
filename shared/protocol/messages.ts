import { z } from "zod";
import { limits } from "./limits.ts";
import { at, empty, id, request, roomId, route, seq, user, userId } from "./wire.ts";

/** 1 to 1000 characters (code points) after trim. */
export const text = z
  .string()
  .max(4 * limits.textMax)
  .trim()
  .min(1, "must not be blank")
  .refine(
    (value) => value.length <= limits.textMax || Array.from(value).length <= limits.textMax,
    `at most ${limits.textMax} characters`,
  )
  // Half a surrogate pair has no UTF-8, and Redis' JSON reader refuses it.
  .overwrite((value) => value.replace(/\p{Surrogate}/gu, "\ufffd"));

export const clientMessageId = z
  .string()
  .regex(new RegExp(`^[A-Za-z0-9_.:-]{1,${limits.clientMessageIdMax}}$`), "must be 1–64 of A–Z a–z 0–9 _ . : -");

const emoji = z
  .string()
  .max(limits.emojiMax)
  .regex(
    /^(?=.*[\p{Extended_Pictographic}\p{Regional_Indicator}\u20e3])[\p{Extended_Pictographic}\p{Emoji_Component}]+$/u,
    "must be an emoji",
  );

export const attachment = z.strictObject({
  uploadId: id("upl"),
  filename: z.string(),
  contentType: z.string(),
  sizeBytes: z.int(),
  width: z.int().optional(),
  height: z.int().optional(),
  durationMs: z.int().optional(),
  peaks: z.array(z.number()).optional(),
  url: z.string(),
  expiresAt: at,
});

const messageKind = z.enum(["text", "file", "voice"]);
const messageId = id("msg");

export const message = z.strictObject({
  id: messageId,
  roomId,
  epoch: z.string(),
  seq,
  clientMessageId: z.string(),
  sender: user,
  kind: messageKind,
  text: z.string().optional(),
  attachment: attachment.optional(),
  replyTo: messageId.optional(),
  /** Emoji → the guests who set it, in the order they did. */
  reactions: z.record(z.string(), z.array(userId)).optional(),
  /** The body is gone; the place in the order stays. */
  deleted: z.literal(true).optional(),
  sentAt: at,
  /** The server's word for sender, content, place and time: evidence in a report. A deleted message has none. */
  stamp: z.string().optional(),
});

/** A text has `text` and no upload; a file or voice note has `uploadId`, and may have `text` as its caption. */
export const draft = z
  .strictObject({
    roomId,
    clientMessageId,
    kind: messageKind,
    text: text.optional(),
    uploadId: id("upl").optional(),
    replyTo: messageId.optional(),
  })
  .superRefine((value, check) => {
    const wrong = (field: string, message: string) => check.addIssue({ code: "custom", path: [field], message });
    if (value.kind === "text" && value.text === undefined) wrong("text", "a text message needs text");
    if (value.kind === "text" && value.uploadId !== undefined) wrong("uploadId", "a text message has no upload");
    if (value.kind !== "text" && value.uploadId === undefined)
      wrong("uploadId", `a ${value.kind} message needs an upload`);
  });

export const receipt = z.strictObject({ userId, deliveredSeq: seq, readSeq: seq });

const limit = z.int().min(1).max(limits.historyPage);
const oneEnd = (range: { after?: number | undefined; before?: number | undefined }) =>
  range.after === undefined || range.before === undefined;
const range = z.strictObject({ roomId, after: seq.optional(), before: seq.optional(), limit: limit.optional() });

export const messages = {
  requests: {
    "message:send": request(draft, z.strictObject({ message })),
    "message:history": request(
      range.refine(oneEnd, { path: ["before"], message: "give after or before, not both" }),
      z.strictObject({ messages: z.array(message), more: z.boolean(), gap: z.boolean() }),
    ),
    "message:ack": request(
      z.strictObject({ roomId, deliveredSeq: seq.optional(), readSeq: seq.optional() }),
      z.strictObject({ epoch: z.string(), lastSeq: seq }),
      0.1,
    ),
    "message:react": request(z.strictObject({ roomId, messageId, emoji, on: z.boolean() }), empty),
    "message:delete": request(z.strictObject({ roomId, messageId }), empty),
    "typing:set": request(z.strictObject({ roomId, typing: z.boolean() }), empty, 0.1),
  },
  events: {
    "message:sent": z.strictObject({ message }),
    "message:acked": z.strictObject({ roomId, ...receipt.shape }),
    "message:reacted": z.strictObject({ roomId, messageId, seq, userId, emoji: z.string(), on: z.boolean() }),
    /** `seqs`: all that went at once with a guest who was forgotten, the named one among them. */
    "message:deleted": z.strictObject({ roomId, messageId, seq, seqs: z.array(seq).optional() }),
    "typing:changed": z.strictObject({ roomId, userId, typing: z.boolean() }),
  },
  routes: {
    "GET /api/rooms/:id/messages": route({
      summary: "A page of a room's log, for its members",
      auth: "bearer",
      status: 200,
      params: z.strictObject({ id: roomId }),
      query: z
        .strictObject({
          after: z.coerce.number().int().min(0).optional(),
          before: z.coerce.number().int().min(0).optional(),
          limit: z.coerce.number().int().min(1).max(limits.historyPage).optional(),
        })
        .refine(oneEnd, { path: ["before"], message: "give after or before, not both" }),
      answer: z.strictObject({ epoch: z.string(), messages: z.array(message), more: z.boolean(), gap: z.boolean() }),
    }),
  },
} as const;

export type Message = z.output<typeof message>;
export type Draft = z.output<typeof draft>;
export type Receipt = z.output<typeof receipt>;

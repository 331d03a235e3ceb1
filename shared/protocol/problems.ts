/** What every error looks like: an ack's `error`, a refused handshake's `err.data`, and the problem+json of HTTP. */
import { z } from "zod";
import { type ErrorCode, errors } from "./errors.ts";

const code = z.enum(Object.keys(errors) as [ErrorCode, ...ErrorCode[]]);
const fields = z.record(z.string(), z.string()).optional();
const retryAfterMs = z.int().min(0).optional();

export const errorBody = z.strictObject({ code, message: z.string(), retryAfterMs, fields });

/** RFC 9457. */
export const problem = z.strictObject({
  type: z.string().regex(/^urn:passerby:error:[a-z-]+$/),
  title: z.string().min(1),
  status: z.int(),
  detail: z.string().min(1),
  code,
  requestId: z.string().min(8),
  fields,
  retryAfterMs,
});

import type { Request, Router } from "express";
import { mount } from "../shared/middleware/mount.ts";
import { isRetry, PasserbyError } from "../shared/protocol/errors.ts";
import { canonicalType, nameFits, servedAs } from "../shared/protocol/file-types.ts";
import { limits } from "../shared/protocol/limits.ts";
import type { ObjectStore } from "../shared/storage/index.ts";
import { inKey, keptKey, readMs } from "../shared/storage/store.ts";
import { formMs, type Slot } from "../shared/stores/uploads.ts";
import { checkUpload, NoBytesYet } from "./check-upload.ts";
import type { HttpContext } from "./context.ts";

export type UploadsContext = HttpContext & { objects: ObjectStore };

/** A name is only ever shown: no path, no control or direction character gets through that could make it look like another. */
const cleanName = (name: string): string =>
  name
    .replace(/^.*[/\\]/, "")
    .replace(/[\p{Cc}\p{Cf}\p{Surrogate}]/gu, "")
    .trim();

/** @throws `unsupported-type`, `payload-too-large`, `invalid` */
function checkSlot(slot: Slot): Slot {
  const contentType = canonicalType(slot.contentType);
  const filename = cleanName(slot.filename);
  if (!contentType) throw new PasserbyError("unsupported-type");
  if (filename === "") throw new PasserbyError("invalid", undefined, { fields: { filename: "must not be blank" } });
  if (!nameFits(filename, contentType))
    throw new PasserbyError("unsupported-type", "The file's name does not fit its type");
  if (slot.kind === "voice") {
    if (!contentType.startsWith("audio/")) throw new PasserbyError("unsupported-type", "A voice note is audio");
    if (slot.sizeBytes > limits.voiceBytes) throw new PasserbyError("payload-too-large");
  }
  return { ...slot, contentType, filename };
}

/** The disk store's address is ours, as the client spelled it. Behind TLS only its Origin knows the scheme. */
function ownAddress(req: Request): string {
  const { host = "localhost", origin } = req.headers;
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host ? origin : `http://${host}`;
}

/** Slot, check, read: the bytes themselves pass no function (U1). */
export function uploads(router: Router, ctx: UploadsContext): void {
  const { objects } = ctx;
  const { uploads } = ctx.stores;

  mount(router, ctx, "POST /api/uploads", async ({ userId, body }, res) => {
    const slot = checkSlot(body);
    const { limit, remaining, resetMs } = await uploads.count(userId);
    res.set({ "RateLimit-Limit": String(limit), "RateLimit-Remaining": String(remaining) });
    res.set("RateLimit-Reset", String(Math.ceil(resetMs / 1000)));
    const { upload, formExpiresAt } = await uploads.create(userId, slot);
    const { id, contentType, sizeBytes } = upload;
    const { url, fields } = await objects.form({ key: inKey(id), contentType, sizeBytes, expiresInMs: formMs });
    return { upload, form: { url: new URL(url, ownAddress(res.req)).href, fields }, expiresAt: formExpiresAt };
  });

  mount(router, ctx, "POST /api/uploads/:id/complete", async ({ userId, params: { id } }) => {
    const { upload, begun } = await uploads.begin(userId, id);
    if (!begun) return { upload };
    let complete;
    try {
      complete = await uploads.end(id, "complete", await checkUpload(objects, upload));
    } catch (error) {
      const refused = error instanceof PasserbyError && !isRetry(error.code) && !(error instanceof NoBytesYet);
      if (refused) await objects.remove([inKey(id), keptKey(id)]);
      await uploads.end(id, refused ? "refused" : "pending");
      throw error;
    }
    if (complete) return { upload: complete };
    await objects.remove([keptKey(id)]); // its room, guest or time ended during the check
    throw new PasserbyError("not-found");
  });

  mount(router, ctx, "GET /api/uploads/:id", async ({ userId, params: { id }, query: { ticket } }, res) => {
    if (userId === undefined) uploads.checkTicket(id, ticket ?? "");
    const { contentType, filename, expiresAt } = await uploads.read(id, userId);
    const expiresInMs = Math.min(readMs, Date.parse(expiresAt) - Date.now());
    const url = await objects.url(keptKey(id), servedAs(contentType, filename), expiresInMs);
    res.setHeader("Location", url);
  });
}

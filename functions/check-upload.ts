/** What `complete` checks: the size, the real type, and whatever must not get out with the bytes. */
import { buffer } from "node:stream/consumers";
import { PasserbyError } from "../shared/protocol/errors.ts";
import type { Upload } from "../shared/protocol/index.ts";
import { limits } from "../shared/protocol/limits.ts";
import type { ObjectStore } from "../shared/storage/index.ts";
import { inKey, keptKey } from "../shared/storage/store.ts";
import type { Found } from "../shared/stores/upload-record.ts";
import { durationOf, type ReadAt } from "./durations.ts";
import { cleanImage, isDecoded } from "./images.ts";
import { bmpSize, checkType, headBytes } from "./inspect.ts";

/** A recorder's clock and a container's differ a little. */
const slack = (ms: number) => Math.max(2_000, ms / 10);

/** Nothing was uploaded yet: the slot stays. */
export class NoBytesYet extends PasserbyError {
  constructor() {
    super("conflict", "The form was not sent yet");
  }
}

async function checkDuration(upload: Upload, head: Buffer, readAt: ReadAt): Promise<Found> {
  const { kind, contentType, sizeBytes, durationMs: declared } = upload;
  const found = await durationOf(contentType, sizeBytes, head, readAt);
  if (!found) return {};
  const { ms, exact } = found;
  if (kind === "voice") {
    if (ms > limits.voiceMs + slack(0))
      throw new PasserbyError("payload-too-large", `A voice note is at most ${limits.voiceMs / 1000} s long`);
    const off = declared === undefined ? 0 : exact ? Math.abs(ms - declared) : ms - declared;
    if (off > slack(declared ?? 0))
      throw new PasserbyError("invalid", undefined, { fields: { durationMs: "is not what the recording says" } });
  }
  return exact && (kind === "file" || declared === undefined) ? { durationMs: Math.round(ms) } : {};
}

/**
 * Takes the uploaded bytes out of the form's reach first: what is checked is what is kept, whoever sends the form again.
 * @returns what the record has to say
 * @throws `conflict` (no bytes yet), or a final error: the upload is refused for good
 */
export async function checkUpload(objects: ObjectStore, upload: Upload): Promise<Found> {
  const { id, contentType } = upload;
  const key = keptKey(id);
  await objects.move(inKey(id), key, contentType);
  const object = await objects.head(key);
  if (!object) throw new NoBytesYet();
  if (object.sizeBytes !== upload.sizeBytes)
    throw new PasserbyError("invalid", undefined, { fields: { sizeBytes: "is not the size of what was uploaded" } });

  const readAt: ReadAt = async (start, length) => buffer(await objects.read(key, start, length));
  const head = await readAt(0, Math.min(headBytes, object.sizeBytes));
  await checkType(head, contentType);
  if (isDecoded(contentType)) return cleanImage(objects, key, contentType);
  if (contentType === "image/bmp") return bmpSize(head);
  if (/^(?:audio|video)\//.test(contentType)) return checkDuration(upload, head, readAt);
  return {};
}

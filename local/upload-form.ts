/** Takes an S3 POST form for the disk store: fields, then one file, streamed aside and renamed, so that nothing partial is ever left. */
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { type Readable, Transform } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { Busboy, type BusboyHeaders } from "@fastify/busboy";
import { randomText } from "../shared/protocol/ids.ts";
import { limits } from "../shared/protocol/limits.ts";
import { type DiskStore, isFull } from "../shared/storage/disk.ts";
import { checkForm, FormRefused, type Signer } from "../shared/storage/policy.ts";

const formLimits = { fieldNameSize: 100, fieldSize: 8_192, fields: 30, files: 1, parts: 40, headerPairs: 20 };
/** All fields and boundaries together. */
const overheadBytes = 64 * 1024;

const tooLarge = () => new FormRefused(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size");
const malformed = () =>
  new FormRefused(400, "MalformedPOSTRequest", "The body is not a well-formed multipart/form-data");

/** Lets through at most so many bytes, and ends well with at least so many only. */
function between(minBytes: number, maxBytes: number): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      if (seen > maxBytes) done(tooLarge());
      else done(null, chunk);
    },
    flush(done) {
      const small = seen < minBytes;
      done(small ? new FormRefused(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum") : null);
    },
  });
}

async function put(
  store: DiskStore,
  signer: Signer,
  fields: ReadonlyMap<string, string>,
  file: Readable,
): Promise<void> {
  const { key, minBytes, maxBytes } = checkForm(fields, signer);
  const part = store.path(`part/${randomText(22)}`);
  const written = createWriteStream(part, { flags: "wx", mode: 0o600 });
  try {
    await pipeline(file, between(minBytes, maxBytes), written);
    await rename(part, store.path(key));
  } catch (error) {
    // It may still be opening: what is not there yet cannot be removed.
    if (!written.closed) await new Promise<void>((resolve) => written.once("close", resolve));
    await rm(part, { force: true });
    throw isFull(error) ? new FormRefused(507, "InsufficientStorage", "The file store is full just now") : error;
  }
}

/** @throws FormRefused; whatever else it throws is ours */
export async function receiveForm(req: IncomingMessage, store: DiskStore, signer: Signer): Promise<void> {
  if (Number(req.headers["content-length"] ?? 0) > limits.fileBytes + overheadBytes) throw tooLarge();
  const fields = new Map<string, string>();
  let file: Readable | undefined;
  let putting: Promise<void> | undefined;
  let form: InstanceType<typeof Busboy>;
  try {
    form = new Busboy({
      headers: req.headers as BusboyHeaders,
      limits: { ...formLimits, fileSize: limits.fileBytes + 1 },
      isPartAFile: (name) => name === "file",
    });
  } catch {
    throw malformed();
  }
  form.on("field", (name: string, value: string) => void fields.set(name.toLowerCase(), value));
  const refused = new Promise<never>((_, reject) => {
    form.on("file", (_name: string, stream: Readable) => {
      file = stream;
      putting = put(store, signer, fields, stream);
      putting.catch(reject);
    });
  });
  const parsed = pipeline(req, form).catch(() => {
    file?.destroy(new Error("the form broke off"));
    throw malformed();
  });
  refused.catch(() => undefined);
  try {
    await Promise.race([parsed, refused]);
  } catch (error) {
    // The rest is read away, so that the client gets to hear why.
    req.unpipe(form);
    await finished(req.resume()).catch(() => undefined);
    await Promise.allSettled([putting]);
    throw error;
  }
  if (!putting) throw new FormRefused(400, "InvalidArgument", "POST requires exactly one file upload per request.");
  await putting;
}

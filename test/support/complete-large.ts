/** A process that completes one large upload of each kind and prints by how much its RSS rose: `tsx test/support/complete-large.ts`. */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { checkUpload } from "../../functions/check-upload.ts";
import { newId } from "../../shared/protocol/ids.ts";
import type { Upload } from "../../shared/protocol/index.ts";
import { diskKey, diskStore } from "../../shared/storage/disk.ts";
import { inKey } from "../../shared/storage/store.ts";
import { mp4, webm, zip } from "./file-makers.ts";

const MB = 1024 * 1024;
const directory = await mkdtemp(join(tmpdir(), "passerby-large-"));
const store = diskStore(directory, diskKey("x"));
await store.list("in", "", 1); // makes the folders

async function complete(contentType: string, bytes: Buffer): Promise<number> {
  const id = newId("upl");
  const sizeBytes = bytes.length;
  await writeFile(store.path(inKey(id)), bytes);
  bytes = Buffer.alloc(0);
  global.gc?.();
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 5);
  const upload = { id, kind: "file", contentType, sizeBytes } as Upload;
  const found = await checkUpload(store, upload);
  most = Math.max(most, process.memoryUsage.rss());
  clearInterval(timer);
  console.log(
    JSON.stringify({
      contentType,
      mb: +(sizeBytes / MB).toFixed(1),
      roseMb: +((most - before) / MB).toFixed(1),
      ...found,
    }),
  );
  return (most - before) / MB;
}

/** A picture of noise, of about 25 MB in that format. */
async function noise(format: "jpeg" | "png" | "webp", size: number): Promise<Buffer> {
  const image = sharp(randomBytes(size * size * 3), { raw: { width: size, height: size, channels: 3 } });
  return format === "jpeg" ? image.jpeg({ quality: 90 }).toBuffer() : image[format]().toBuffer();
}

/** Four megapixels and 24 MB of what is no picture: to encode that much noise would take half a minute. */
async function largePaddedWebp(): Promise<Buffer> {
  const blank = { width: 2_000, height: 2_000, channels: 3, background: "#888" } as const;
  const padding = Buffer.concat([Buffer.from("JUNK"), Buffer.alloc(4), randomBytes(24 * MB)]);
  padding.writeUInt32LE(24 * MB, 4);
  const file = Buffer.concat([await sharp({ create: blank }).webp().toBuffer(), padding]);
  file.writeUInt32LE(file.length - 8, 4);
  return file;
}

// Code and libraries first: what they take is not the file's.
const kinds = process.argv.slice(2);
for (const format of ["jpeg", "png", "webp"] as const) await complete(`image/${format}`, await noise(format, 64));
await complete("application/zip", zip({ a: "a" }));
const padded = (head: Buffer) => Buffer.concat([head, randomBytes(25 * MB - head.length)]);
if (kinds.includes("zip")) await complete("application/zip", padded(zip({ a: "a" })));
if (kinds.includes("mp4")) await complete("video/mp4", padded(mp4("isom", 60)));
if (kinds.includes("webm")) await complete("video/webm", padded(webm(60)));
if (kinds.includes("jpeg")) await complete("image/jpeg", await noise("jpeg", 5_600));
if (kinds.includes("png")) await complete("image/png", await noise("png", 2_900));
if (kinds.includes("webp")) await complete("image/webp", await largePaddedWebp());
await rm(directory, { recursive: true });

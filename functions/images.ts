/** Images are decoded and written anew: what comes out holds pixels and nothing else, neither place nor camera nor a second file. */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { PasserbyError } from "../shared/protocol/errors.ts";
import type { ObjectStore } from "../shared/storage/index.ts";
import { maxPixels } from "./inspect.ts";
import { stripJpeg } from "./jpeg.ts";
import { stripWebp } from "./webp.ts";

/** An animation's frames, and all their pixels together. */
const maxFrames = 500;
const maxFramePixels = 4 * maxPixels;
const decodeSeconds = 20;
/** A WebP of more is not decoded (that takes eight bytes a pixel), nor is a JPEG of more turned. */
const maxWholePixels = 3_000_000;
/** A JPEG of more is not decoded: libvips maps the whole file. */
const maxJpegBytes = 8 * 1024 * 1024;

// Only the decoders of what we accept; above all none that renders SVG or runs a converter.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({ operation: ["Jpeg", "Png", "Webp", "Nsgif"].map((format) => `VipsForeignLoad${format}`) });
sharp.cache(false);
sharp.concurrency(1);

const encoders: Record<string, (image: Sharp) => Sharp> = {
  jpeg: (image) => image.jpeg({ quality: 88, optimiseCoding: false }),
  png: (image) => image.png({ compressionLevel: 6 }),
  webp: (image) => image.webp({ quality: 88, effort: 2 }),
  gif: (image) => image.gif({ effort: 3 }),
};

export const isDecoded = (contentType: string): boolean => Object.hasOwn(encoders, contentType.replace("image/", ""));

const tooLarge = () => new PasserbyError("payload-too-large", "The image has too many pixels or frames");

async function rewrite(from: string, to: string, format: string): Promise<{ width: number; height: number }> {
  const options = { limitInputPixels: maxFramePixels, sequentialRead: true, failOn: "error" } as const;
  const {
    width,
    height,
    pageHeight = height,
    pages = 1,
    ...about
  } = await sharp(from, {
    ...options,
    limitInputPixels: false,
    animated: true,
  }).metadata();
  if (about.format !== format) throw new Error("another format");
  if (width * pageHeight > maxPixels || pages > maxFrames || width * pageHeight * pages > maxFramePixels)
    throw tooLarge();
  const whole = width * pageHeight > maxWholePixels;
  if (format === "webp" && whole) {
    await stripWebp(from, to);
    return { width, height: pageHeight };
  }
  const { orientation = 1 } = about;
  if (format === "jpeg" && ((orientation > 1 && whole) || (await stat(from)).size > maxJpegBytes)) {
    await stripJpeg(from, to, orientation);
    return orientation > 4 ? { width: height, height: width } : { width, height };
  }
  let image = sharp(from, { ...options, animated: pages > 1 });
  // Turned pixels need the whole picture in memory; as they are, they pass line by line.
  if (orientation > 1) image = image.autoOrient();
  const written = await encoders[format]!(image).timeout({ seconds: decodeSeconds }).toFile(to);
  return { width: written.width, height: pages > 1 ? pageHeight : written.height };
}

/**
 * Replaces a stored image by its clean copy, by way of two files: neither is ever whole in memory.
 * @throws `unsupported-type` where it cannot be decoded, `payload-too-large` where it would get too large
 */
export async function cleanImage(objects: ObjectStore, key: string, contentType: string) {
  const folder = await mkdtemp(join(tmpdir(), "passerby-image-"));
  const [from, to] = [join(folder, "from"), join(folder, "to")];
  try {
    await objects.download(key, from);
    const size = await rewrite(from, to, contentType.replace("image/", "")).catch((error: unknown) => {
      const code = (error as { code?: unknown }).code;
      if (error instanceof PasserbyError || typeof code === "string") throw error; // ours, or the disk's
      throw new PasserbyError("unsupported-type", "The image cannot be read");
    });
    await objects.write(key, to, contentType);
    return { ...size, sizeBytes: (await stat(to)).size };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A large JPEG is cleaned by its segments instead of being decoded: that maps the whole file, and turning it takes the whole picture. */
import { type FileHandle, open } from "node:fs/promises";

const pieceBytes = 64 * 1024;
const [SOI, EOI, SOS, APP0, APP2, APP14] = [0xd8, 0xd9, 0xda, 0xe0, 0xe2, 0xee];
const isRestart = (marker: number) => marker >= 0xd0 && marker <= 0xd7;

/** Tables, frames and scans; of the rest only what decides colours: JFIF, Adobe's transform, an ICC profile (ITU-T T.81, B.1.1.3). */
function shows(marker: number, body: Buffer): boolean {
  if (marker === APP2) return body.toString("latin1", 0, 11) === "ICC_PROFILE";
  return (marker >= 0xc0 && marker <= 0xdf) || marker === APP0 || marker === APP14;
}

/** An Exif segment that says how to turn the picture, and nothing else. */
function turned(orientation: number): Buffer {
  const tiff = ["4d4d002a00000008", "0001", "011200030000000100000000", "00000000"]; // header, one entry (0x0112), no more
  const exif = Buffer.from(["ffe10022", "457869660000", ...tiff].join(""), "hex");
  exif.writeUInt16BE(orientation, 28);
  return exif;
}

/** Reads on, byte by byte or up to the next marker, through one small piece of memory. */
function reader(source: FileHandle) {
  let piece = Buffer.alloc(0);
  async function fill(): Promise<void> {
    const next = Buffer.alloc(pieceBytes);
    const { bytesRead } = await source.read(next, 0, pieceBytes, null);
    if (bytesRead === 0) throw new Error("a JPEG that ends too early");
    piece = Buffer.concat([piece, next.subarray(0, bytesRead)]);
  }
  async function take(length: number): Promise<Buffer> {
    while (piece.length < length) await fill();
    const taken = piece.subarray(0, length);
    piece = piece.subarray(length);
    return taken;
  }
  /** What lies before the next 0xff of what is read, and all of it where there is none. */
  async function untilFf(): Promise<Buffer> {
    if (piece.length === 0) await fill();
    const at = piece.indexOf(0xff);
    return take(at < 0 ? piece.length : at);
  }
  async function atFf(): Promise<boolean> {
    if (piece.length === 0) await fill();
    return piece[0] === 0xff;
  }
  return { take, untilFf, atFf };
}

/**
 * Copies the picture alone: no place, camera, thumbnail, comment, nor anything behind its end.
 * @throws Error where the file is no JPEG or ends too early
 */
export async function stripJpeg(from: string, to: string, orientation = 1): Promise<void> {
  await using source = await open(from, "r");
  await using target = await open(to, "w");
  const { take, untilFf, atFf } = reader(source);

  async function nextMarker(): Promise<number> {
    if ((await take(1))[0] !== 0xff) throw new Error("no marker where one has to be");
    for (;;) {
      const marker = (await take(1))[0]!;
      if (marker !== 0xff) return marker; // 0xff before it is padding
    }
  }

  /** A scan's coded data, up to the marker that ends it. */
  async function copyScan(): Promise<number> {
    for (;;) {
      while (!(await atFf())) await target.write(await untilFf());
      const marker = await nextMarker();
      if (marker !== 0 && !isRestart(marker)) return marker;
      await target.write(Buffer.from([0xff, marker]));
    }
  }

  if ((await nextMarker()) !== SOI) throw new Error("no JPEG");
  await target.write(Buffer.from([0xff, SOI]));
  let marker = await nextMarker();
  if (orientation > 1 && marker !== APP0) await target.write(turned(orientation));
  while (marker !== EOI) {
    const length = Buffer.from(await take(2));
    if (length.readUInt16BE() < 2) throw new Error("a segment of no length");
    const body = await take(length.readUInt16BE() - 2);
    if (shows(marker, body)) await target.write(Buffer.concat([Buffer.from([0xff, marker]), length, body]));
    if (marker === APP0 && orientation > 1) await target.write(turned(orientation));
    marker = marker === SOS ? await copyScan() : await nextMarker();
  }
  await target.write(Buffer.from([0xff, EOI]));
}

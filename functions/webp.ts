/** A large WebP cannot be decoded without the whole picture in memory; it is cleaned by its container instead, chunk by chunk. */
import { open } from "node:fs/promises";

/** What shows: bitstreams, transparency, animation, colour profile. The rest is metadata, or nothing to do with the picture. */
const shown = new Set(["VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP"]);
/** Bits of VP8X that announce EXIF and XMP. */
const announced = 0x0c;
const pieceBytes = 64 * 1024;

/**
 * Copies the picture alone; bytes behind it, or in chunks of another name, stay behind.
 * @throws Error where the file is no WebP or ends too early
 */
export async function stripWebp(from: string, to: string): Promise<void> {
  await using source = await open(from, "r");
  await using target = await open(to, "w");
  const piece = Buffer.alloc(pieceBytes);
  async function read(at: number, length: number): Promise<Buffer> {
    const { bytesRead } = await source.read(piece, 0, length, at);
    if (bytesRead < length) throw new Error("a WebP that ends too early");
    return piece.subarray(0, length);
  }

  const head = Buffer.from(await read(0, 12));
  if (head.toString("latin1", 0, 4) !== "RIFF" || head.toString("latin1", 8) !== "WEBP") throw new Error("no WebP");
  const end = 8 + head.readUInt32LE(4);
  await target.write(head);
  let written = head.length;
  for (let at = 12; at + 8 <= end;) {
    const chunk = await read(at, 8);
    const [name, size] = [chunk.toString("latin1", 0, 4), chunk.readUInt32LE(4)];
    const next = at + 8 + size + (size % 2); // padded to an even length
    for (; shown.has(name) && at < next; at += pieceBytes) {
      const bytes = await read(at, Math.min(pieceBytes, next - at));
      if (name === "VP8X" && written === head.length) bytes[8]! &= ~announced;
      await target.write(bytes, 0, bytes.length);
      written += bytes.length;
    }
    at = next;
  }
  head.writeUInt32LE(written - 8, 4);
  await target.write(head, 0, head.length, 0);
}

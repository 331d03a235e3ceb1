/** How long a recording plays, read off its container without decoding it. */

export interface Duration {
  ms: number;
  /** Otherwise it plays at least that long. */
  exact: boolean;
}
export type ReadAt = (start: number, length: number) => Promise<Buffer>;

function wav(head: Buffer, sizeBytes: number): Duration | undefined {
  let bytesPerSecond = 0;
  for (let at = 12; at + 8 <= head.length; at += 8 + head.readUInt32LE(at + 4)) {
    const [name, size] = [head.toString("latin1", at, at + 4), head.readUInt32LE(at + 4)];
    if (name === "fmt " && at + 20 <= head.length) bytesPerSecond = head.readUInt32LE(at + 16);
    if (name === "data" && bytesPerSecond > 0) {
      return { ms: (1000 * Math.min(size, sizeBytes - at - 8)) / bytesPerSecond, exact: true };
    }
  }
  return undefined;
}

/** The last page's granule is the number of samples so far. */
function ogg(head: Buffer, tail: Buffer): Duration | undefined {
  const [opus, vorbis] = [head.indexOf("OpusHead"), head.indexOf("\x01vorbis", 0, "latin1")];
  const last = tail.lastIndexOf("OggS");
  if (last < 0 || last + 14 > tail.length || (opus < 0 && vorbis < 0)) return undefined;
  const rate = opus >= 0 ? 48_000 : head.readUInt32LE(vorbis + 12);
  const skipped = opus >= 0 ? head.readUInt16LE(opus + 10) : 0;
  const samples = Number(tail.readBigInt64LE(last + 6)) - skipped;
  return samples > 0 && rate > 0 ? { ms: (1000 * samples) / rate, exact: true } : undefined;
}

/** `moov` stands first or last; its `mvhd` says how long, unless the file was recorded in fragments (then 0). */
async function mp4(readAt: ReadAt, sizeBytes: number): Promise<Duration | undefined> {
  for (let at = 0, boxes = 0; at + 16 <= sizeBytes && boxes < 100; boxes++) {
    const box = await readAt(at, 16);
    const short = box.readUInt32BE(0);
    const size = short === 1 ? Number(box.readBigUInt64BE(8)) : short;
    if (size < 8) return undefined;
    if (box.toString("latin1", 4, 8) === "moov") {
      const moov = await readAt(at, Math.min(size, 4096));
      const mvhd = moov.indexOf("mvhd");
      if (mvhd < 0 || mvhd + 36 > moov.length) return undefined;
      const long = moov[mvhd + 4] === 1;
      const scale = moov.readUInt32BE(mvhd + (long ? 24 : 16));
      const duration = long ? Number(moov.readBigUInt64BE(mvhd + 28)) : moov.readUInt32BE(mvhd + 20);
      return duration > 0 && duration < 0xffffffff && scale > 0
        ? { ms: (1000 * duration) / scale, exact: true }
        : undefined;
    }
    at += size;
  }
  return undefined;
}

/** A whole number of an EBML element whose id ends before `at` (one size byte, as every writer does for small numbers). */
const ebmlNumber = (bytes: Buffer, at: number) => {
  const size = (bytes[at] ?? 0) & 0x7f;
  return size >= 1 && size <= 6 && at + 1 + size <= bytes.length ? bytes.readUIntBE(at + 1, size) : undefined;
};

/** A recorder that streams writes no duration, but a time into each cluster. */
function webm(head: Buffer, tail: Buffer): Duration | undefined {
  const scaleAt = head.indexOf(Buffer.from("2ad7b1", "hex"));
  const scale = (scaleAt < 0 ? undefined : ebmlNumber(head, scaleAt + 3)) ?? 1_000_000;
  const durationAt = head.indexOf(Buffer.from("4489", "hex"));
  const size = durationAt < 0 ? 0 : head[durationAt + 2]! & 0x7f;
  if (size === 8 || size === 4) {
    const value = size === 8 ? head.readDoubleBE(durationAt + 3) : head.readFloatBE(durationAt + 3);
    if (value > 0) return { ms: (value * scale) / 1e6, exact: true };
  }
  const cluster = tail.lastIndexOf(Buffer.from("1f43b675", "hex"));
  const timeAt = cluster < 0 ? -1 : tail.indexOf(0xe7, cluster + 5);
  const time = timeAt < 0 || timeAt > cluster + 16 ? undefined : ebmlNumber(tail, timeAt + 1);
  return time === undefined ? undefined : { ms: (time * scale) / 1e6, exact: false };
}

/** Undefined where the container does not say (mp3, aac, fragments), or lies about its own structure. */
export async function durationOf(
  contentType: string,
  sizeBytes: number,
  head: Buffer,
  readAt: ReadAt,
): Promise<Duration | undefined> {
  const tail = async () => readAt(Math.max(0, sizeBytes - 256 * 1024), Math.min(sizeBytes, 256 * 1024));
  try {
    if (contentType === "audio/wav") return wav(head, sizeBytes);
    if (contentType.endsWith("/ogg")) return ogg(head, await tail());
    if (contentType.endsWith("/webm")) return webm(head, await tail());
    if (/\/(?:mp4|quicktime)$/.test(contentType)) return await mp4(readAt, sizeBytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // a number pointed outside of the file
  }
  return undefined;
}

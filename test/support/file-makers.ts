/** Files made by code, byte by byte where no library would make them. */
import { deflateSync, crc32 as zlibCrc } from "node:zlib";
import sharp from "sharp";

export const text = (value: string) => Buffer.from(value);
export const hex = (value: string) => Buffer.from(value.replaceAll(" ", ""), "hex");

const crcTable = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});
const crc32 =
  (zlibCrc as ((data: Buffer) => number) | undefined) ??
  ((data: Buffer) => {
    let c = 0xffffffff;
    for (const byte of data) c = crcTable[(c ^ byte) & 0xff]! ^ (c >>> 8);
    return (c ^ 0xffffffff) >>> 0;
  });
export const u32 = (n: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(n >>> 0);
  return bytes;
};
const be32 = (n: number) => Buffer.from(u32(n).toReversed());
const u16 = (n: number) => u32(n).subarray(0, 2);

/** A zip of stored (not packed) entries. */
export function zip(entries: Record<string, string>): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(entries)) {
    const [path, data] = [text(name), text(content)];
    const about = Buffer.concat([
      u16(20),
      u16(0),
      u16(0),
      u16(0),
      u16(0),
      u32(crc32(data)),
      u32(data.length),
      u32(data.length),
      u16(path.length),
    ]);
    const entry = Buffer.concat([hex("504b0304"), about, u16(0), path, data]);
    local.push(entry);
    central.push(
      Buffer.concat([hex("504b0102"), u16(20), about, u16(0), u16(0), u16(0), u16(0), u32(0), u32(at), path]),
    );
    at += entry.length;
  }
  const index = Buffer.concat(central);
  const end = Buffer.concat([
    hex("504b0506"),
    u16(0),
    u16(0),
    u16(central.length),
    u16(central.length),
    u32(index.length),
    u32(at),
    u16(0),
  ]);
  return Buffer.concat([...local, index, end]);
}

export function tar(name: string, content: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(
    "0000644\0" +
      "0000000\0" +
      "0000000\0" +
      `${content.length.toString(8).padStart(11, "0")}\0` +
      "00000000000\0" +
      "        0",
    100,
  );
  header.write("ustar\x0000", 257);
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, "0")}\0 `,
    148,
  );
  const body = Buffer.alloc(512);
  body.write(content);
  return Buffer.concat([header, body, Buffer.alloc(1024)]);
}

const chunk = (type: string, data: Buffer) => {
  const body = Buffer.concat([text(type), data]);
  return Buffer.concat([be32(data.length), body, be32(crc32(body))]);
};

/** A PNG of one bit a pixel, all black: tiny to send, `width` × `height` to decode. */
export function blackPng(width: number, height: number): Buffer {
  const header = Buffer.concat([be32(width), be32(height), hex("01 00 00 00 00")]);
  const rows = deflateSync(Buffer.alloc(height * (1 + Math.ceil(width / 8))), { level: 9 });
  return Buffer.concat([
    hex("89504e470d0a1a0a"),
    chunk("IHDR", header),
    chunk("IDAT", rows),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** PCM at 8 kHz, one byte a sample. */
export function wav(seconds: number): Buffer {
  const data = Buffer.alloc(8_000 * seconds, 128);
  const format = Buffer.concat([u16(1), u16(1), u32(8_000), u32(8_000), u16(1), u16(8)]);
  return Buffer.concat([
    text("RIFF"),
    u32(36 + data.length),
    text("WAVEfmt "),
    u32(16),
    format,
    text("data"),
    u32(data.length),
    data,
  ]);
}

const box = (type: string, ...parts: Buffer[]) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([be32(8 + body.length), text(type), body]);
};
/** An ISO file of that brand and length, without any picture or sound. */
export const mp4 = (brand: string, seconds: number) =>
  Buffer.concat([
    box("ftyp", text(brand), be32(0), text(brand)),
    box("mdat", Buffer.alloc(100)),
    box("moov", box("mvhd", Buffer.alloc(12), be32(1000), be32(1000 * seconds), Buffer.alloc(80))),
  ]);

const ebmlSize = (n: number) => hex((0x4000 | n).toString(16).padStart(4, "0"));
const element = (id: string, ...parts: Buffer[]) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([hex(id), ebmlSize(body.length), body]);
};
/** As MediaRecorder streams it: no duration, a cluster every second. */
export function webm(seconds: number): Buffer {
  const cluster = (ms: number) =>
    Buffer.concat([hex("1f43b675 01ffffffffffffff"), hex("e7 84"), be32(ms), element("a3", Buffer.alloc(60))]);
  const info = element("1549a966", hex("2ad7b1 83 0f4240"), element("4d80", text("test")));
  return Buffer.concat([
    element("1a45dfa3", hex("4286 81 01"), element("4282", text("webm"))),
    hex("18538067 01ffffffffffffff"),
    info,
    ...Array.from({ length: seconds + 1 }, (_, i) => cluster(1000 * i)),
  ]);
}

/** Opus in Ogg: two headers and a last page that says how many samples there were. */
export function ogg(seconds: number): Buffer {
  const page = (flags: number, granule: number, body: Buffer) => {
    const at = Buffer.alloc(8);
    at.writeBigInt64LE(BigInt(granule));
    return Buffer.concat([
      text("OggS"),
      Buffer.from([0, flags]),
      at,
      u32(1),
      u32(0),
      u32(0),
      Buffer.from([1, body.length]),
      body,
    ]);
  };
  const head = Buffer.concat([text("OpusHead"), Buffer.from([1, 1]), u16(312), u32(48_000), u16(0), Buffer.from([0])]);
  return Buffer.concat([
    page(2, 0, head),
    page(0, 0, text("OpusTags\0\0\0\0\0\0\0\0")),
    page(4, 48_000 * seconds + 312, Buffer.alloc(20)),
  ]);
}

export const canvas = (width = 60, height = 40) =>
  sharp({ create: { width, height, channels: 3, background: "#c03" } });
export const canary = "canary-of-a-camera";
/** Where it was taken, with what, and which way up. */
const exif = {
  IFD0: { Make: canary, Model: canary, Copyright: canary },
  IFD3: { GPSLatitudeRef: "N", GPSLatitude: "52/1 31/1 12/1", GPSLongitudeRef: "E", GPSLongitude: "13/1 24/1 18/1" },
};
export const withGps = {
  jpeg: () =>
    canvas()
      .withExif(exif)
      .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>${canary}</a></x:xmpmeta>`)
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer(),
  png: async () => {
    const plain = await canvas().withExif(exif).png().toBuffer();
    return Buffer.concat([plain.subarray(0, 33), chunk("tEXt", text(`Comment\0${canary}`)), plain.subarray(33)]);
  },
  webp: () => canvas().withExif(exif).webp().toBuffer(),
};

/** Too large to be decoded in little memory; a second file stands behind it. */
export const largeWebp = async () =>
  Buffer.concat([await canvas(2_000, 1_600).withExif(exif).webp().toBuffer(), text(`<script>${canary}</script>`)]);

export async function animatedGif(frames = 3): Promise<Buffer> {
  const strip = Buffer.alloc(20 * 20 * frames * 3);
  for (let i = 0; i < strip.length; i++) strip[i] = (Math.floor(i / 1200) * 70 + i) % 256;
  const gif = await sharp(strip, { raw: { width: 20, height: 20 * frames, channels: 3, pageHeight: 20 } })
    .gif({ delay: Array<number>(frames).fill(70), loop: 3 })
    .toBuffer();
  // A comment, before the trailer.
  return Buffer.concat([gif.subarray(0, -1), hex("21fe"), Buffer.from([canary.length]), text(canary), hex("00 3b")]);
}

export const bmp = (width = 2, height = 2) =>
  Buffer.concat([
    text("BM"),
    u32(70),
    u32(0),
    u32(54),
    u32(40),
    u32(width),
    u32(height),
    u16(1),
    u16(24),
    Buffer.alloc(24),
    Buffer.alloc(16),
  ]);

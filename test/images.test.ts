import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { stripJpeg } from "../functions/jpeg.ts";

const place = { IFD0: { Copyright: "SECRET" }, IFD3: { GPSLatitude: "51/1 30/1 0/1", GPSLatitudeRef: "N" } };

test.each([
  ["baseline", false, 1],
  ["baseline, turned", false, 6],
  ["progressive", true, 1],
  ["progressive, turned", true, 8],
])(
  "[U2] a large JPEG (%s) loses place, camera and trailer without being decoded, and keeps every pixel",
  async (_, progressive, orientation) => {
    const folder = await mkdtemp(join(tmpdir(), "passerby-jpeg-"));
    const [from, to] = [join(folder, "from"), join(folder, "to")];
    const noise = { type: "gaussian", mean: 128, sigma: 40 } as const;
    const picture = sharp({ create: { width: 900, height: 700, channels: 3, background: "#a33", noise } });
    const jpeg = await picture.withExif(place).withMetadata({ orientation }).jpeg({ progressive }).toBuffer();
    await writeFile(from, Buffer.concat([jpeg, Buffer.from("<script>a second file</script>")]));
    expect(jpeg.includes("SECRET")).toBe(true);

    await stripJpeg(from, to, orientation);

    const clean = await readFile(to);
    // Not "GPS": three letters stand in so much noise by chance. What is left of the Exif, counted below, has no room for a place.
    for (const trace of ["SECRET", "script"]) expect([trace, clean.includes(trace)]).toEqual([trace, false]);
    const { orientation: kept, exif } = await sharp(clean).metadata();
    expect([kept ?? 1, exif?.length ?? 0]).toEqual([orientation, orientation > 1 ? 32 : 0]);
    expect(Buffer.compare(await sharp(clean).raw().toBuffer(), await sharp(jpeg).raw().toBuffer())).toBe(0);

    await writeFile(from, jpeg.subarray(0, jpeg.length / 2));
    await expect(stripJpeg(from, to, orientation)).rejects.toThrow("ends too early");
    await rm(folder, { recursive: true });
  },
);

/** What uploads cost: a disk that is full, the memory of whoever completes one. */
import { execFile } from "node:child_process";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { canvas } from "./support/file-makers.ts";
import { noSmallDisk, smallDisk } from "./support/small-disk.ts";
import { askSlot, completeUpload, sendForm, type SlotAnswer, startUploads } from "./support/uploads.ts";

describe("resources", () => {
  const title = "a full disk is a clear error, nothing partial stays, and the service is up";

  test.skipIf(noSmallDisk)(noSmallDisk ? `${title} (not here: ${noSmallDisk})` : title, async () => {
    using disk = await smallDisk();
    const full = disk.path;
    await using small = await startUploads({ UPLOAD_STORE: `disk:${full}` });
    const [a, , roomId] = await small.cluster.pair(0, 0);
    const { token } = a.identity;
    const complete = (id: string) => completeUpload(small.api, token, id);
    const large = { filename: "note.txt", contentType: "text/plain", bytes: Buffer.alloc(3_000_000, "x") };
    const slot = (await askSlot(small.api, token, roomId, large)).json() as SlotAnswer;
    const put = await sendForm(slot.form, large.bytes);
    expect([put.status, put.text]).toEqual([507, expect.stringContaining("<Code>InsufficientStorage</Code>")]);
    expect([readdirSync(join(full, "in")), readdirSync(join(full, "part"))]).toEqual([[], []]);
    expect((await complete(slot.upload.id)).problem().code).toBe("conflict");

    // There is room for an image, but not for its clean copy.
    const bytes = await canvas(300, 300).png({ compressionLevel: 9 }).toBuffer();
    const picture = { filename: "a.png", contentType: "image/png", bytes };
    const pending = (await askSlot(small.api, token, roomId, picture)).json() as SlotAnswer;
    await sendForm(pending.form, bytes);
    const ballast = join(full, "ballast");
    expect(() => writeFileSync(ballast, Buffer.alloc(2_000_000))).toThrow("ENOSPC");
    expect((await complete(pending.upload.id)).problem().code).toBe("unavailable");
    expect(readdirSync(join(full, "part"))).toEqual([]);
    const ready = async () => (await small.api.ask("/health/ready")).json();
    expect([(await small.api.ask("/health")).status, await ready()]).toMatchObject([
      200,
      { checks: { storage: false } },
    ]);
    rmSync(ballast);
    expect(await ready()).toMatchObject({ status: "ready" });
    expect((await complete(pending.upload.id)).status).toBe(200);
  });

  test("completing 25 MB raises a process's memory by 32 MB at most", async () => {
    const measure = ["--expose-gc", "--import", "tsx", "test/support/complete-large.ts"];
    const kinds = ["zip", "mp4", "webm", "jpeg", "png", "webp"];
    const { stdout } = await promisify(execFile)(process.execPath, [...measure, ...kinds]);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { contentType: string; mb: number; roseMb: number });
    const large = lines.filter(({ mb }) => mb > 20);
    expect(large.map(({ contentType }) => contentType)).toEqual([
      "application/zip",
      "video/mp4",
      "video/webm",
      "image/jpeg",
      "image/png",
      "image/webp",
    ]);
    for (const { contentType, roseMb } of large) expect([contentType, roseMb < 32]).toEqual([contentType, true]);
  });
});

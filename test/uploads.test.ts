import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Upload } from "../shared/protocol/index.ts";
import { limits } from "../shared/protocol/limits.ts";
import { newId } from "../shared/protocol/ids.ts";
import { servedAs } from "../shared/protocol/file-types.ts";
import { animatedGif, canary, largeWebp, text, wav, webm, withGps } from "./support/file-makers.ts";
import { keptKey } from "../shared/storage/store.ts";
import { badFiles, goodFiles } from "./support/files.ts";
import { refusal, type Talker } from "./support/nodes.ts";
import {
  askSlot,
  completeUpload,
  fetchUpload,
  type FileSpec,
  sendForm,
  type SlotAnswer,
  startUploads,
  tryUpload,
  upload,
  type UploadWorld,
} from "./support/uploads.ts";

let world: UploadWorld;
let ada: Talker;
let bob: Talker;
let roomId: string;
beforeAll(async () => {
  world = await startUploads();
  [ada, bob, roomId] = await world.cluster.pair(0, 0);
});
afterAll(() => world?.[Symbol.asyncDispose]());

const note = (content = "hello", more: Partial<FileSpec> = {}): FileSpec => ({
  filename: "note.txt",
  contentType: "text/plain",
  bytes: text(content),
  ...more,
});
const put = (file: FileSpec) => upload(world.api, ada.identity.token, roomId, file);
const send = (done: Upload, clientMessageId: string = crypto.randomUUID(), talker = ada, room = roomId) =>
  talker.ask("message:send", { roomId: room, clientMessageId, kind: done.kind, uploadId: done.id });
const complete = (id: string, token = ada.identity.token) => completeUpload(world.api, token, id);
/** The store makes its folders with the first form. */
const files = () =>
  ["in", "kept", "part"]
    .filter((place) => existsSync(join(world.directory, place)))
    .flatMap((place) => readdirSync(join(world.directory, place)).map((name) => `${place}/${name}`));
async function slotFor(file: FileSpec): Promise<SlotAnswer> {
  return (await askSlot(world.api, ada.identity.token, roomId, file)).json() as SlotAnswer;
}

/** Whatever a browser is told about these bytes, it must not run them in our origin. */
function expectHarmless(headers: Headers, filename: string) {
  const type = headers.get("content-type") ?? "";
  const disposition = headers.get("content-disposition") ?? "";
  expect([filename, headers.get("x-content-type-options")]).toEqual([filename, "nosniff"]);
  expect(headers.get("content-security-policy")).toMatch(/default-src 'none'.*; sandbox;/);
  expect(headers.get("content-security-policy")).not.toMatch(/allow-scripts|script-src/);
  expect([filename, type]).not.toEqual([filename, expect.stringMatching(/html|xml|svg|javascript|css|text\//)]);
  const inline = /^(image\/(jpeg|png|gif|webp|bmp)|(audio|video)\/[\w-]+)$/.test(type);
  expect([filename, disposition.split(";")[0]]).toEqual([
    filename,
    inline && disposition.startsWith("inline") ? "inline" : "attachment",
  ]);
  expect(headers.get("x-evil")).toBeNull();
}

describe("[U1] a file goes by the form, and comes back by a short-lived URL", () => {
  test("every accepted kind, whole, to both members, by token and by the message's ticket", async () => {
    const all = await goodFiles();
    expect(all.length).toBeGreaterThan(25);
    for (const file of all) {
      const done = await put(file);
      const { message } = await send(done);
      const { message: heard } = await bob.next("message:sent");
      expect(heard).toEqual(message);
      const { attachment } = heard;
      expect([attachment?.uploadId, attachment?.filename, attachment?.sizeBytes]).toEqual([
        done.id,
        file.filename,
        done.sizeBytes,
      ]);
      const got = await fetchUpload(world.api, attachment!.url);
      expect([file.filename, got.status, got.bytes?.length]).toEqual([file.filename, 200, done.sizeBytes]);
      expectHarmless(got.headers!, file.filename);
      expect(got.headers!.get("content-disposition")).toBe(servedAs(done.contentType, done.filename).disposition);
      // Images are written anew, everything else comes back byte by byte.
      const decoded = /image\/(jpeg|png|gif|webp)/.test(done.contentType);
      expect([file.filename, decoded || got.bytes!.equals(Buffer.from(file.bytes))]).toEqual([file.filename, true]);
      const size = file.filename === "old.bmp" ? [2, 2] : file.filename === "cat.gif" ? [20, 20] : [60, 40];
      const image = done.contentType.startsWith("image/") && file.filename !== "logo.svg";
      expect([file.filename, done.width, done.height]).toEqual([
        file.filename,
        ...(image ? size : [undefined, undefined]),
      ]);
      const byToken = await fetchUpload(world.api, `/api/uploads/${done.id}`, bob.identity.token);
      expect([file.filename, byToken.status]).toEqual([file.filename, 200]);
    }
  });

  test("the read URL lasts five minutes at most, serves ranges, and a changed one is refused", async () => {
    const { attachment } = (await send(await put(note("0123456789")))).message;
    const { location, redirect } = await fetchUpload(world.api, attachment!.url);
    expect(redirect.headers.get("cache-control")).toBe("no-store");
    const url = new URL(location!);
    expect(Number(url.searchParams.get("expires")) - Date.now()).toBeLessThanOrEqual(5 * 60_000);
    const part = await fetch(url, { headers: { range: "bytes=2-4" } });
    expect([part.status, await part.text()]).toEqual([206, "234"]);
    for (const [name, value] of [
      ["expires", String(Date.now() + 1e9)],
      ["type", "text/html"],
      ["disposition", "inline"],
      ["signature", "x"],
    ] as const) {
      const changed = new URL(url);
      changed.searchParams.set(name, value);
      expect([name, (await fetch(changed)).status]).toEqual([name, 403]);
    }
    const other = new URL(url);
    other.pathname = `/uploads/kept/${newId("upl")}`;
    expect((await fetch(other)).status).toBe(403);
    expect((await fetch(new URL("/uploads/kept/..%2f..%2fpackage.json", url))).status).toBe(403);
  });

  test("[D2] the retry of a file message gives the same message, also after the pair ended and the file went", async () => {
    const [a, b, room] = await world.cluster.pair(0, 0);
    const done = await upload(world.api, a.identity.token, room, note());
    const first = await send(done, "once", a, room);
    expect(await send(done, "once", a, room)).toEqual(first);
    await b.ask("room:leave", { roomId: room });
    await a.next("match:ended");
    expect((await send(done, "once", a, room)).message).toEqual(first.message);
    expect(await refusal(send(done, "twice", a, room))).toBe("room-closed");
  });

  test("a voice note keeps its duration and its peaks", async () => {
    const peaks = Array.from({ length: limits.voicePeaks }, (_, i) => i / 100);
    const done = await put({
      filename: "voice.webm",
      contentType: "audio/webm;codecs=opus",
      bytes: webm(3),
      kind: "voice",
      durationMs: 3_200,
      peaks,
    });
    const { message } = await send(done);
    expect([message.kind, message.attachment?.durationMs, message.attachment?.peaks]).toEqual(["voice", 3_200, peaks]);
    const measured = await put({ filename: "voice.wav", contentType: "audio/wav", bytes: wav(2), kind: "voice" });
    expect(measured.durationMs).toBe(2_000);
  });
});

describe("[U2] another size or type than declared is refused, by the store or by complete", () => {
  test("the store: size, type, key, expiry and signature of the form", async () => {
    const { form, upload: slot } = await slotFor(note());
    const tries: [string, number, Uint8Array, (fields: Record<string, string>) => Record<string, string>][] = [
      ["a byte more", 400, text("hello!"), (fields) => fields],
      ["a byte less", 400, text("hell"), (fields) => fields],
      ["nothing", 400, text(""), (fields) => fields],
      ["another type", 403, text("hello"), (fields) => ({ ...fields, "Content-Type": "text/html" })],
      ["another key", 403, text("hello"), (fields) => ({ ...fields, key: `kept/${slot.id}` })],
      ["a path for a key", 403, text("hello"), (fields) => ({ ...fields, key: "../../x" })],
      [
        "another policy",
        403,
        text("hello"),
        (fields) => ({ ...fields, Policy: btoa('{"expiration":"2099-01-01T00:00:00Z","conditions":[]}') }),
      ],
      ["another signature", 403, text("hello"), (fields) => ({ ...fields, "X-Amz-Signature": "0".repeat(64) })],
      ["no policy", 403, text("hello"), (fields) => ({ ...fields, Policy: "" })],
      ["a field more", 403, text("hello"), (fields) => ({ ...fields, acl: "public-read" })],
    ];
    for (const [what, status, bytes, change] of tries) {
      expect([what, (await sendForm(form, bytes, change)).status]).toEqual([what, status]);
    }
    // Refused while the file for it is still being opened, too.
    const many = Array.from({ length: 200 }, () => sendForm(form, text("hello!")));
    expect(new Set((await Promise.all(many)).map(({ status }) => status))).toEqual(new Set([400]));
    const left = () => files().filter((name) => name.includes(slot.id) || name.startsWith("part/"));
    await expect.poll(left).toEqual([]);
    expect((await complete(slot.id)).problem().code).toBe("conflict");
    expect((await sendForm(form, text("hello"))).status).toBe(204);
    expect((await complete(slot.id)).status).toBe(200);
  });

  test("a form that breaks off leaves nothing, one that is no form is a clear answer", async () => {
    const { form } = await slotFor(note("x".repeat(200_000)));
    const boundary = "xxxx";
    const fields = Object.entries(form.fields).map(
      ([name, value]) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    const body = `${fields.join("")}--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n${"x".repeat(1_000)}`;
    const headers = { "content-type": `multipart/form-data; boundary=${boundary}` };
    expect((await fetch(form.url, { method: "POST", headers, body })).status).toBe(400);
    expect(
      (await fetch(form.url, { method: "POST", headers: { "content-type": "text/plain" }, body: "x" })).status,
    ).toBe(400);
    expect((await fetch(form.url, { method: "POST", headers, body: `--${boundary}--\r\n` })).status).toBe(400);
    const hung = new AbortController();
    const endless = new ReadableStream({ start: (controller) => controller.enqueue(text(body)) });
    const cut = fetch(form.url, {
      method: "POST",
      headers,
      body: endless,
      duplex: "half",
      signal: hung.signal,
    } as RequestInit);
    await expect.poll(() => files().filter((name) => name.startsWith("part/")).length).toBe(1);
    hung.abort();
    await expect(cut).rejects.toThrow("abort");
    await expect.poll(() => files().filter((name) => name.startsWith("part/"))).toEqual([]);
  });

  test("sent again after complete, the form changes nothing that is read", async () => {
    const { form, upload: slot } = await slotFor(note());
    await sendForm(form, text("hello"));
    await complete(slot.id);
    expect((await sendForm(form, text("<svg>"))).status).toBe(204);
    expect((await complete(slot.id)).json()).toMatchObject({ upload: { state: "complete", sizeBytes: 5 } });
    expect((await fetchUpload(world.api, `/api/uploads/${slot.id}`, ada.identity.token)).bytes?.toString()).toBe(
      "hello",
    );
  });

  test("[U5] files that lie, hide something or blow up: refused where they should be, harmless where they are kept", async () => {
    const all = await badFiles();
    expect(all.length).toBeGreaterThanOrEqual(40);
    const kept: [what: string, done: Upload][] = [];
    for (const { what, verdict, ...file } of all) {
      const before = new Set(files()); // the nodes' sweep may take some of them meanwhile
      const { upload: done, refused } = await tryUpload(world.api, ada.identity.token, roomId, file);
      const added = files().filter((name) => !before.has(name));
      expect([what, refused ?? "kept", added]).toEqual([what, verdict, done ? [keptKey(done.id)] : []]);
      if (done) kept.push([what, done]);
    }
    expect(kept.length).toBeGreaterThan(10);
    for (const [what, done] of kept) {
      const got = await fetchUpload(world.api, `/api/uploads/${done.id}`, ada.identity.token);
      expectHarmless(got.headers!, what);
      const image = /image\/(jpeg|png|gif)/.test(done.contentType);
      expect([what, image && got.bytes!.includes("<script")]).toEqual([what, false]);
      // oxlint-disable-next-line no-control-regex
      expect(done.filename).not.toMatch(/[/\\\x00-\x1f\u202e]/);
    }
    expect((await world.api.ask("/health")).status).toBe(200);
  });

  test("neither place nor camera leaves with an image, and a photo stands upright", async () => {
    for (const [format, make] of Object.entries(withGps)) {
      const bytes = await make();
      expect([format, bytes.includes(canary), (await sharp(bytes).metadata()).exif !== undefined]).toEqual([
        format,
        true,
        true,
      ]);
      const done = await put({ filename: `photo.${format}`, contentType: `image/${format}`, bytes });
      const got = await fetchUpload(world.api, `/api/uploads/${done.id}`, ada.identity.token);
      const { exif, xmp, iptc, comments, width, height } = await sharp(got.bytes).metadata();
      expect([format, exif, xmp, iptc, comments, got.bytes!.includes(canary)]).toEqual([
        format,
        undefined,
        undefined,
        undefined,
        undefined,
        false,
      ]);
      expect([width, height]).toEqual(format === "jpeg" ? [40, 60] : [60, 40]);
      expect([done.width, done.height]).toEqual([width, height]);
    }
    const large = await put({ filename: "a.webp", contentType: "image/webp", bytes: await largeWebp() });
    const { bytes } = await fetchUpload(world.api, `/api/uploads/${large.id}`, ada.identity.token);
    const about = await sharp(bytes).metadata();
    expect([about.exif, about.width, bytes!.includes(canary), large.sizeBytes]).toEqual([
      undefined,
      2_000,
      false,
      bytes!.length,
    ]);
    expect((await sharp(bytes).stats()).channels[0]?.mean).toBeGreaterThan(150); // it still decodes
    const gif = await put({ filename: "a.gif", contentType: "image/gif", bytes: await animatedGif(5) });
    const got = await fetchUpload(world.api, `/api/uploads/${gif.id}`, ada.identity.token);
    const { pages, delay, loop, pageHeight } = await sharp(got.bytes, { animated: true }).metadata();
    expect([pages, delay, loop, pageHeight, got.bytes!.includes(canary)]).toEqual([5, Array(5).fill(70), 3, 20, false]);
  });
});

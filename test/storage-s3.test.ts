/** The S3 driver, and the functions bundled as they are deployed, on the real S3 that `npm run test:s3` starts; skipped without one. */
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { CreateBucketCommand, HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Cleaned } from "../functions/cleanup.ts";
import { bundleFunction, bundleFunctions } from "../local/bundle-functions.ts";
import { copyScripts } from "../local/bundle-processes.ts";
import type { LoadHandler } from "../local/gateway.ts";
import type { ObjectStore } from "../shared/storage/index.ts";
import { type S3Options, s3Store } from "../shared/storage/s3.ts";
import { inKey, keptKey } from "../shared/storage/store.ts";
import { invoke } from "./cloud/archive.ts";
import { bundleHandler } from "./cloud/bundle.ts";
import { root } from "./cloud/platform.ts";
import { canary, withGps } from "./support/file-makers.ts";
import { type OpenStore, storageContract } from "./support/storage-contract.ts";
import { askSlot, fetchUpload, sendForm, type SlotAnswer, startUploads, tryUpload, upload } from "./support/uploads.ts";

const endpoint = process.env["S3_TEST_ENDPOINT"] ?? "";
const bucket = `passerby-${Date.now()}`;

describe.runIf(endpoint !== "")("a real S3", () => {
  const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true });
  const source: OpenStore = { store: s3Store({ bucket, endpoint }), base: endpoint };
  let bundled: ObjectStore;
  let folder: string;
  const functions = () => join(folder, "dist", "functions");
  beforeAll(async () => {
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    // Below that name vitest leaves files as they are, and node runs them.
    folder = join(await mkdtemp(join(tmpdir(), "passerby-s3-")), "node_modules");
    // Bundled by us, and the outcome once more by SST: what Lambda gets.
    for (const name of Object.keys(await bundleFunctions()))
      await bundleHandler(`dist/functions/${name}.handler`, folder);
    await copyScripts(functions());
    await symlink(join(root, "node_modules"), join(functions(), "node_modules")); // sharp
    const driver = join(folder, "s3.mjs");
    await bundleFunction(join(root, "shared/storage/s3.ts"), driver);
    const made = (await import(pathToFileURL(driver).href)) as { s3Store: (options: S3Options) => ObjectStore };
    bundled = made.s3Store({ bucket, endpoint });
  });
  afterAll(async () => {
    client.destroy();
    await rm(dirname(folder), { recursive: true, force: true });
  });

  storageContract("the contract, by the driver as nodes run it", () => source);
  storageContract("the contract, by the driver without what bundles leave out", () => ({ ...source, store: bundled }));

  test("[U1] [U2] [U4] from slot to cleanup through the functions' bundles: checked, cleaned, read by its members, gone", async () => {
    const load: LoadHandler = async (module) => {
      const file = pathToFileURL(join(functions(), `${basename(module)}.mjs`)).href;
      return ((await import(file)) as { handler: Awaited<ReturnType<LoadHandler>> }).handler;
    };
    const { AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "" } = process.env;
    await using world = await startUploads({ UPLOAD_STORE: `s3://${bucket}`, S3_ENDPOINT: endpoint }, load);
    const { api, cluster } = world;
    const cleanup = (): Promise<Cleaned> => {
      const env = { ...cluster.env, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
      return invoke(functions(), "cleanup.handler", {}, env);
    };
    const { store } = source;
    const stored = async (id: string) => [await store.head(inKey(id)), await store.head(keptKey(id))];
    expect((await api.ask("/health/ready")).json()).toEqual({
      status: "ready",
      checks: { redis: true, storage: true },
    });

    const [a, b, roomId] = await cluster.pair(0, 0);
    const { token } = a.identity;
    // Copied, and looked into by ranges.
    const note = { filename: "note.txt", contentType: "text/plain", bytes: Buffer.from("hello") };
    const { form, upload: slot } = (await askSlot(api, token, roomId, note)).json() as SlotAnswer;
    const complete = () => api.ask(`/api/uploads/${slot.id}/complete`, { token, method: "POST" });
    expect((await complete()).problem()).toMatchObject({ code: "conflict", detail: "The form was not sent yet" });
    expect((await sendForm(form, note.bytes)).status).toBe(204);
    expect((await complete()).json()).toMatchObject({ upload: { id: slot.id, sizeBytes: 5 } });
    expect(await stored(slot.id)).toEqual([undefined, expect.objectContaining({ sizeBytes: 5 })]);
    const headers = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: keptKey(slot.id) }));
    expect([headers.ContentType, headers.ContentDisposition]).toEqual(["text/plain", "attachment"]);

    // Downloaded, cleaned and written again.
    const photo = { filename: "photo.jpeg", contentType: "image/jpeg", bytes: await withGps.jpeg() };
    const done = await upload(api, token, roomId, photo);
    const send = { roomId, clientMessageId: "m", kind: "file", uploadId: done.id } as const;
    const { url } = (await a.ask("message:send", send)).message.attachment!;
    const got = await fetchUpload(api, url);
    expect([got.status, got.bytes?.length, got.bytes?.includes(canary)]).toEqual([200, done.sizeBytes, false]);
    expect([got.headers?.get("content-type"), got.headers?.get("content-disposition")?.slice(0, 6)]).toEqual([
      "image/jpeg",
      "inline",
    ]);
    expect((await fetchUpload(api, `/api/uploads/${done.id}`, b.identity.token)).status).toBe(200);

    const before = (await store.list("kept", "", 1_000)).length;
    const lie = { filename: "a.png", contentType: "image/png", bytes: Buffer.from("<script>alert(1)</script>") };
    expect(await tryUpload(api, token, roomId, lie)).toEqual({ refused: "complete unsupported-type" });
    expect(await store.list("kept", "", 1_000)).toHaveLength(before);

    // From here on nobody but the cleanup deletes.
    for (const node of cluster.nodes) await node.stop();
    const quiet = { expired: 0, leftOvers: 0, bytesWithoutRecord: 0, recordsWithoutBytes: 0, finished: true };
    const { oldestObjectAgeMs, ...first } = await cleanup(); // the refused one's record is due, unless a node saw to it
    expect([first, oldestObjectAgeMs > 0, oldestObjectAgeMs < 600_000]).toEqual([
      { ...quiet, expired: expect.any(Number) },
      true,
      true,
    ]);
    await cluster.stores.uploads.setCursor("kept", keptKey("~")); // behind all of them
    expect(await cleanup()).toEqual({ ...quiet, oldestObjectAgeMs: 0 });
    await store.remove([keptKey(slot.id)]);
    expect(await cleanup()).toMatchObject({ ...quiet, recordsWithoutBytes: 1 });
    await cluster.redis.zadd("uploads:due", "XX", Date.now() - 1, done.id);
    expect((await api.ask(url)).status).toBe(404);
    expect(await cleanup()).toMatchObject({ ...quiet, expired: 2 }); // and the record without bytes
    expect(await stored(done.id)).toEqual([undefined, undefined]);
  });
});

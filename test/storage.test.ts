import { createHash, createHmac } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serveUploads } from "../local/uploads.ts";
import { loadConfig } from "../shared/config.ts";
import { diskKey, diskStore } from "../shared/storage/disk.ts";
import { s3Store } from "../shared/storage/s3.ts";
import { inKey, keptKey } from "../shared/storage/store.ts";
import { newId } from "../shared/protocol/ids.ts";
import { cleanup } from "../functions/cleanup.ts";
import { createLogger } from "../shared/logger.ts";
import { sweep } from "../shared/storage/sweep.ts";
import { canary, withGps } from "./support/file-makers.ts";
import { fetchUpload, startUploads, tryUpload, upload } from "./support/uploads.ts";
import { type OpenStore, storageContract } from "./support/storage-contract.ts";

const secret = "a-secret-of-more-than-thirty-two-characters";
const UPLOAD_STORE = `disk:${mkdtempSync(join(tmpdir(), "passerby-uploads-"))}`;
const config = loadConfig({ NODE_ENV: "test", JWT_KEYS: `k:${secret}`, UPLOAD_STORE });
const server = createServer(serveUploads(config));
let disk: OpenStore;
beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  disk = { base, store: diskStore(UPLOAD_STORE.slice(5), diskKey(secret)) };
});
afterAll(() => void server.close());

storageContract("disk", () => disk);

/** `npm run test:s3` starts a Ceph RGW and says where it is. */
const endpoint = process.env["S3_TEST_ENDPOINT"] ?? "";
describe.runIf(endpoint !== "")("a real S3", () => {
  const bucket = `passerby-${Date.now()}`;
  const store = s3Store({ bucket, endpoint });
  beforeAll(async () => {
    const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    client.destroy();
  });
  storageContract("the contract", () => ({ store, base: endpoint }));

  test("[U1] [U2] from slot to message on a real S3: checked, cleaned, read by its members, gone with the pair", async () => {
    await using world = await startUploads({ UPLOAD_STORE: `s3://${bucket}`, S3_ENDPOINT: endpoint });
    const [a, b, roomId] = await world.cluster.pair(0, 0);
    const { token } = a.identity;
    const photo = { filename: "photo.jpeg", contentType: "image/jpeg", bytes: await withGps.jpeg() };
    const done = await upload(world.api, token, roomId, photo);
    const send = { roomId, clientMessageId: "m", kind: "file", uploadId: done.id } as const;
    const { url } = (await a.ask("message:send", send)).message.attachment!;
    const got = await fetchUpload(world.api, url);
    expect([got.status, got.bytes?.length, got.bytes?.includes(canary)]).toEqual([200, done.sizeBytes, false]);
    expect([got.headers?.get("content-type"), got.headers?.get("content-disposition")?.slice(0, 6)]).toEqual([
      "image/jpeg",
      "inline",
    ]);
    expect((await fetchUpload(world.api, `/api/uploads/${done.id}`, b.identity.token)).status).toBe(200);
    const lie = { filename: "a.png", contentType: "image/png", bytes: Buffer.from("<script>alert(1)</script>") };
    expect(await tryUpload(world.api, token, roomId, lie)).toEqual({ refused: "complete unsupported-type" });
    await b.ask("room:leave", { roomId });
    expect((await world.api.ask(url)).status).toBe(404);
    expect(await sweep(world.cluster.stores.uploads, store, 100)).toBe(2);
    expect(await store.head(keptKey(done.id))).toBeUndefined();
    const logger = createLogger("silent");
    expect(await cleanup({ stores: world.cluster.stores, objects: store, logger }, () => 60_000)).toMatchObject({
      finished: true,
    });
  });
});

describe("what the S3 driver signs, checked by hand after AWS' documentation", () => {
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
  const hmac = (key: string | Buffer, data: string) => createHmac("sha256", key).update(data).digest();
  const signingKey = (day: string) =>
    hmac(hmac(hmac(hmac(`AWS4${credentials.secretAccessKey}`, day), "eu-west-1"), "s3"), "aws4_request");
  const store = s3Store({ bucket: "a-bucket", credentials, region: "eu-west-1" });

  test("[U2] a form for one key, one type, one size, ten minutes", async () => {
    const key = inKey(newId("upl"));
    const { url, fields } = await store.form({ key, contentType: "image/png", sizeBytes: 4_711, expiresInMs: 600_000 });
    expect(url).toBe("https://a-bucket.s3.eu-west-1.amazonaws.com/");
    const { Policy = "", "X-Amz-Date": date = "", "X-Amz-Signature": signature, ...rest } = fields;
    expect(signature).toBe(
      createHmac("sha256", signingKey(date.slice(0, 8)))
        .update(Policy)
        .digest("hex"),
    );
    const policy = JSON.parse(Buffer.from(Policy, "base64").toString()) as {
      expiration: string;
      conditions: unknown[];
    };
    expect(Math.abs(Date.parse(policy.expiration) - Date.now() - 600_000)).toBeLessThan(3_000);
    const exact = { ...rest, "X-Amz-Date": date };
    expect(exact).toMatchObject({ key, bucket: "a-bucket", "Content-Type": "image/png" });
    // Every field is named by an exact condition, and nothing else is allowed but the one size.
    const conditions = [
      ["content-length-range", 4_711, 4_711],
      ...Object.entries(exact).map(([name, value]) => ({ [name]: value })),
    ];
    expect(policy.conditions).toHaveLength(conditions.length);
    expect(policy.conditions).toEqual(expect.arrayContaining(conditions));
  });

  test("[U5] a read URL of one object, five minutes, with its headers in the signature", async () => {
    const key = keptKey(newId("upl"));
    const served = {
      contentType: "application/octet-stream",
      disposition: "attachment; filename=\"a b.svg\"; filename*=UTF-8''a%20b.svg",
    };
    const url = new URL(await store.url(key, served, 300_000));
    const query = url.searchParams;
    expect([query.get("X-Amz-Expires"), query.get("X-Amz-SignedHeaders")]).toEqual(["300", "host"]);
    expect([query.get("response-content-type"), query.get("response-content-disposition")]).toEqual(
      Object.values(served),
    );
    const encode = (text: string) =>
      encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
    const canonicalQuery = [...query]
      .filter(([name]) => name !== "X-Amz-Signature")
      .map(([name, value]) => `${encode(name)}=${encode(value)}`)
      .toSorted()
      .join("&");
    const request = ["GET", url.pathname, canonicalQuery, `host:${url.host}`, "", "host", "UNSIGNED-PAYLOAD"].join(
      "\n",
    );
    const date = query.get("X-Amz-Date")!;
    const scope = `${date.slice(0, 8)}/eu-west-1/s3/aws4_request`;
    const toSign = ["AWS4-HMAC-SHA256", date, scope, createHash("sha256").update(request).digest("hex")].join("\n");
    expect(query.get("X-Amz-Signature")).toBe(
      createHmac("sha256", signingKey(date.slice(0, 8)))
        .update(toSign)
        .digest("hex"),
    );
  });
});

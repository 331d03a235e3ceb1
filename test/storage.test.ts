import { createHash, createHmac } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serveUploads } from "../local/uploads.ts";
import { loadConfig } from "../shared/config.ts";
import { diskKey, diskStore } from "../shared/storage/disk.ts";
import { s3Store } from "../shared/storage/s3.ts";
import { inKey, keptKey } from "../shared/storage/store.ts";
import { newId } from "../shared/protocol/ids.ts";
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
    expect(Math.abs(Date.parse(policy.expiration) - Date.now() - 600_000)).toBeLessThan(30_000);
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

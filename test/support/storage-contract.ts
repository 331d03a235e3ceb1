/** What every ObjectStore promises; run on the disk's and on a real S3's. */
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { newId } from "../../shared/protocol/ids.ts";
import { inKey, keptKey, type ObjectStore } from "../../shared/storage/store.ts";
import { sendForm } from "./uploads.ts";

export interface OpenStore {
  store: ObjectStore;
  /** What relative URLs are relative to. */
  base: string;
}

export function storageContract(name: string, open: () => OpenStore): void {
  const terms = { contentType: "text/plain", sizeBytes: 10, expiresInMs: 60_000 };
  const bytes = Buffer.from("0123456789");
  const read = async (key: string, start?: number, length?: number) =>
    (await buffer(await open().store.read(key, start, length))).toString();
  const newForm = async (more: Partial<typeof terms> & { key?: string } = {}) => {
    const { store, base } = open();
    const key = more.key ?? inKey(newId("upl"));
    const { url, fields } = await store.form({ ...terms, key, ...more });
    return { key, form: { url: new URL(url, base).href, fields } };
  };
  const put = async () => {
    const { key, form } = await newForm();
    expect((await sendForm(form, bytes)).status).toBe(204);
    return key;
  };
  const newFile = async (content: Uint8Array) => {
    const path = join(await mkdtemp(join(tmpdir(), "passerby-test-")), "file");
    await writeFile(path, content);
    return path;
  };

  describe(name, () => {
    test("[U1] a form puts one object of exactly that key; it can be looked at, and read in parts", async () => {
      const key = await put();
      const found = await open().store.head(key);
      expect([found?.key, found?.sizeBytes]).toEqual([key, 10]);
      expect(Math.abs(found!.modifiedAt - Date.now())).toBeLessThan(10_000);
      expect([await read(key), await read(key, 3, 4), await read(key, 8, 100)]).toEqual(["0123456789", "3456", "89"]);
      expect(await open().store.head(inKey(newId("upl")))).toBeUndefined();
      await expect(open().store.read(inKey(newId("upl")))).rejects.toThrow(/./);
    });

    test("[U2] another size, type, key, signature, policy or a later time is refused, and nothing is left", async () => {
      const { key, form } = await newForm();
      const tries: [string, Uint8Array, Record<string, string>][] = [
        ["a byte more", Buffer.from("0123456789x"), {}],
        ["a byte less", Buffer.from("012345678"), {}],
        ["nothing", Buffer.alloc(0), {}],
        ["another type", bytes, { "Content-Type": "text/html" }],
        ["another key", bytes, { key: inKey(newId("upl")) }],
        ["another signature", bytes, { "X-Amz-Signature": "0".repeat(64) }],
        ["another day", bytes, { "X-Amz-Date": "20200101T000000Z" }],
        [
          "another policy",
          bytes,
          { Policy: Buffer.from('{"expiration":"2099-01-01T00:00:00Z","conditions":[]}').toString("base64") },
        ],
      ];
      for (const [what, body, changed] of tries) {
        const answer = await sendForm(form, body, (fields) => ({ ...fields, ...changed }));
        expect([what, [400, 403].includes(answer.status), answer.text.includes("<Error>")]).toEqual([what, true, true]);
      }
      const { form: late } = await newForm({ key, expiresInMs: 1_000 });
      await new Promise((next) => setTimeout(next, 2_100));
      expect((await sendForm(late, bytes)).status).toBe(403);
      expect(await open().store.head(key)).toBeUndefined();
    });

    test("[U5] a signed URL answers with the headers that were signed, and only as it was signed", async () => {
      const [key, other] = [keptKey(newId("upl")), keptKey(newId("upl"))];
      const { store, base } = open();
      for (const one of [key, other]) await store.write(one, await newFile(bytes), "text/plain");
      const served = {
        contentType: "application/octet-stream",
        disposition: `attachment; filename="a b.txt"; filename*=UTF-8''%C3%A4`,
      };
      const url = new URL(await store.url(key, served, 60_000), base);
      const answer = await fetch(url);
      expect([answer.status, await answer.text()]).toEqual([200, "0123456789"]);
      expect(answer.headers.get("content-type")).toBe(served.contentType);
      expect(answer.headers.get("content-disposition")).toBe(served.disposition);
      expect(answer.headers.get("cache-control")).toMatch(/^private/);
      const ranged = await fetch(url, { headers: { range: "bytes=2-3" } });
      expect([ranged.status, await ranged.text()]).toEqual([206, "23"]);
      for (const change of [
        () => url.href.replace(key, other),
        () => url.href.replace("octet-stream", "xhtml%2Bxml"),
        () => url.href.replace(/([?&](?:X-Amz-S|s)ignature=)[^&]+/, "$1AAAA"),
        () => url.href.replace(/\?.*/, ""),
      ]) {
        expect(change()).not.toBe(url.href);
        expect((await fetch(change())).status).toBe(403);
      }
      const short = new URL(await store.url(key, served, 1_000), base);
      await new Promise((next) => setTimeout(next, 2_100));
      expect((await fetch(short)).status).toBe(403);
    });

    test("moving takes an object out of the form's reach; writing replaces the whole of one", async () => {
      const { store } = open();
      const key = await put();
      const to = key.replace("in/", "kept/");
      expect(await store.move(key, to, "text/plain")).toBe(true);
      expect([await store.head(key), await read(to)]).toEqual([undefined, "0123456789"]);
      expect(await store.move(key, to, "text/plain")).toBe(false);
      const large = randomBytes(3_000_000);
      await store.write(to, await newFile(large), "image/png");
      const copy = await newFile(bytes);
      await store.download(to, copy);
      expect([(await buffer(await store.read(to))).equals(large), (await readFile(copy)).equals(large)]).toEqual([
        true,
        true,
      ]);
    });

    test("objects are listed by page in the order of their keys, and deleted many at once", async () => {
      const { store } = open();
      const keys = Array.from({ length: 25 }, () => keptKey(newId("upl"))).toSorted();
      const file = await newFile(bytes);
      for (const key of keys) await store.write(key, file, "text/plain");
      const listed: string[] = [];
      for (let after = "", page; (page = await store.list("kept", after, 10)).length > 0; after = page.at(-1)!.key) {
        expect(page.length).toBeLessThanOrEqual(10);
        listed.push(...page.map(({ key }) => key));
      }
      expect(listed).toEqual(listed.toSorted());
      expect(listed).toEqual(expect.arrayContaining(keys));
      await store.remove([...keys, keptKey(newId("upl"))]);
      expect((await store.list("kept", "", 1_000)).filter(({ key }) => keys.includes(key))).toEqual([]);
      await store.remove([]);
    });
  });
}

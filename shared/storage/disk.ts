/** Objects as files: a directory a place, a file an upload. Forms and read URLs are signed as S3's; the local gateway answers them. */
import { createHmac } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { PasserbyError } from "../protocol/errors.ts";
import type { Served } from "../protocol/file-types.ts";
import { randomText } from "../protocol/ids.ts";
import { policyFields, sameText, type Signer } from "./policy.ts";
import { type ObjectStore, type Place, type StoredObject } from "./store.ts";

/** Where the gateway serves the store. */
export const diskPath = "/uploads";
const places: readonly Place[] = ["part", "in", "kept"];
const keyPattern = /^(part|in|kept)\/[A-Za-z0-9_-]{16,64}$/;

/** Not the tokens' secret itself, and the same in all of one machine's processes. */
export const diskKey = (secret: string): Signer => ({
  accessKeyId: "passerby",
  secret: createHmac("sha256", secret).update("disk-store").digest("base64url"),
  region: "local",
});

/** No space, no quota left: nobody's fault, and it may pass. */
const isFull = (error: unknown) => ["ENOSPC", "EDQUOT"].includes(String((error as { code?: unknown }).code));
export const storeFull = () =>
  new PasserbyError("unavailable", "The file store is full just now", { retryAfterMs: 60_000 });

const missing = (error: unknown): undefined => {
  if ((error as { code?: unknown }).code === "ENOENT") return undefined;
  throw error;
};

export interface DiskStore extends ObjectStore {
  /** The file of a key. @throws where the key is not one of ours */
  path(key: string): string;
  /** Checks a read URL's query. */
  mayRead(key: string, query: URLSearchParams): Served | undefined;
}

export function diskStore(directory: string, signer: Signer): DiskStore {
  const root = resolve(directory);
  const prepare = async () => {
    for (const place of places) await mkdir(join(root, place), { recursive: true, mode: 0o700 });
  };
  const path = (key: string) => {
    if (!keyPattern.test(key)) throw new Error("not a key of this store");
    return join(root, key);
  };
  const sign = (...parts: string[]) =>
    createHmac("sha256", signer.secret).update(JSON.stringify(parts)).digest("base64url");

  async function head(key: string): Promise<StoredObject | undefined> {
    const found = await stat(path(key)).catch(missing);
    return found && { key, sizeBytes: found.size, modifiedAt: found.mtimeMs };
  }

  return {
    transient: ["part", "in"],
    path,
    head,

    async form(terms) {
      await prepare();
      return { url: diskPath, fields: policyFields(terms, signer) };
    },

    async url(key, { contentType, disposition }, expiresInMs) {
      const expires = String(Date.now() + expiresInMs);
      const query = {
        expires,
        type: contentType,
        disposition,
        signature: sign(key, expires, contentType, disposition),
      };
      return `${diskPath}/${key}?${new URLSearchParams(query)}`;
    },

    mayRead(key, query) {
      const [expires = "", contentType = "", disposition = "", signature = ""] = [
        "expires",
        "type",
        "disposition",
        "signature",
      ].map((name) => query.get(name) ?? "");
      const ours = keyPattern.test(key) && sameText(signature, sign(key, expires, contentType, disposition));
      return ours && Number(expires) > Date.now() ? { contentType, disposition } : undefined;
    },

    async read(key, start = 0, length = Infinity) {
      if (!(await head(key))) throw new Error("no such object");
      return createReadStream(path(key), { start, end: start + length - 1 });
    },

    download: (key, file) => copyFile(path(key), file), // by the kernel: nothing of it comes through here

    async write(key, file) {
      await prepare();
      // Aside first: the disk may be full, or we may die.
      const part = path(`part/${randomText(22)}`);
      try {
        await copyFile(file, part);
        await rename(part, path(key));
      } catch (error) {
        await rm(part, { force: true });
        throw isFull(error) ? storeFull() : error;
      }
    },

    async move(from, to) {
      return rename(path(from), path(to)).then(
        () => true,
        (error: unknown) => missing(error) ?? false,
      );
    },

    async remove(keys) {
      for (const key of keys) await rm(path(key), { force: true });
    },

    async list(place, after, most) {
      await prepare();
      const names = (await readdir(join(root, place))).filter((name) => keyPattern.test(`${place}/${name}`));
      const keys = names.map((name) => `${place}/${name}`).toSorted();
      const page = keys.filter((key) => key > after).slice(0, most);
      return (await Promise.all(page.map(head))).filter((found) => found !== undefined);
    },

    close: () => undefined,
  };
}

export { isFull };

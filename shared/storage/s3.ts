/** Objects in a bucket of S3, or of a server that speaks it (S3_ENDPOINT). Region and credentials come from the AWS environment. */
import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { type ObjectStore, readMs, type StoredObject } from "./store.ts";

export interface S3Options {
  bucket: string;
  /** Another server than AWS'; addressed by path, since few of those have a name a bucket. */
  endpoint?: string | undefined;
  credentials?: S3ClientConfig["credentials"];
  region?: string;
}

const isMissing = (error: unknown) =>
  error instanceof NoSuchKey ||
  error instanceof NotFound ||
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404;

/** AWS_REGION; servers of others than AWS mostly call theirs this. */
const ambientRegion = (): Promise<string> => new S3Client({}).config.region().catch(() => "us-east-1");

export function s3Store({ bucket: Bucket, endpoint, credentials, region }: S3Options): ObjectStore {
  const client = new S3Client({
    ...(endpoint && { endpoint, forcePathStyle: true, region: ambientRegion }),
    ...(region && { region }),
    ...(credentials && { credentials }),
    // By default the SDK signs checksums of bodies that a presigner never sees.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    maxAttempts: 3,
  });

  async function head(key: string): Promise<StoredObject | undefined> {
    try {
      const found = await client.send(new HeadObjectCommand({ Bucket, Key: key }));
      return { key, sizeBytes: found.ContentLength ?? 0, modifiedAt: found.LastModified?.getTime() ?? 0 };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  return {
    transient: ["in"],
    head,

    async form({ key, contentType, sizeBytes, expiresInMs }) {
      return createPresignedPost(client, {
        Bucket,
        Key: key,
        Fields: { "Content-Type": contentType },
        Conditions: [["content-length-range", sizeBytes, sizeBytes]],
        Expires: Math.ceil(expiresInMs / 1000),
      });
    },

    async url(key, { contentType, disposition }, expiresInMs) {
      const answer = {
        ResponseContentType: contentType,
        ResponseContentDisposition: disposition,
        ResponseCacheControl: `private, max-age=${readMs / 1000}`,
      };
      const command = new GetObjectCommand({ Bucket, Key: key, ...answer });
      return getSignedUrl(client, command, { expiresIn: Math.max(1, Math.floor(expiresInMs / 1000)) });
    },

    async read(key, start, length) {
      const range = start !== undefined && length !== undefined && { Range: `bytes=${start}-${start + length - 1}` };
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: key, ...range }));
      return Body as Readable;
    },

    async download(key, file) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: key }));
      await pipeline(Body as Readable, createWriteStream(file));
    },

    async write(key, file, contentType) {
      const { size } = await stat(file);
      const headers = { ContentType: contentType, ContentDisposition: "attachment", ContentLength: size };
      await client.send(new PutObjectCommand({ Bucket, Key: key, ...headers, Body: createReadStream(file) }));
    },

    async move(from, to, contentType) {
      // The stored headers are the second line: whoever reads without our signed ones still gets a download.
      const headers = {
        MetadataDirective: "REPLACE",
        ContentType: contentType,
        ContentDisposition: "attachment",
      } as const;
      try {
        await client.send(new CopyObjectCommand({ Bucket, Key: to, CopySource: `${Bucket}/${from}`, ...headers }));
      } catch (error) {
        if (isMissing(error)) return false;
        throw error;
      }
      await client.send(new DeleteObjectCommand({ Bucket, Key: from }));
      return true;
    },

    async remove(keys) {
      if (keys.length === 0) return;
      const Delete = { Quiet: true, Objects: keys.map((Key) => ({ Key })) };
      const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete }));
      if (Errors.length > 0) throw new Error(`${Errors.length} objects were not deleted: ${Errors[0]?.Code}`);
    },

    async list(place, after, most) {
      const range = { Prefix: `${place}/`, MaxKeys: most, ...(after && { StartAfter: after }) };
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, ...range }));
      return Contents.map(({ Key, Size, LastModified }) => ({
        key: Key!,
        sizeBytes: Size ?? 0,
        modifiedAt: LastModified?.getTime() ?? 0,
      }));
    },

    close: () => client.destroy(),
  };
}

/** Where bytes are: one interface, two drivers, one contract test. Bytes get in by a signed form and out by a signed URL (U1). */
import type { Readable } from "node:stream";
import type { Served } from "../protocol/file-types.ts";

/** A key is a place and an upload's id: no name, room or guest stands in it. */
export type Place = "part" | "in" | "kept";
/** Where the form writes. It may write there again as long as it is valid, so nothing there is ever served. */
export const inKey = (uploadId: string) => `in/${uploadId}`;
/** Where only we write: checked, served. */
export const keptKey = (uploadId: string) => `kept/${uploadId}`;

/** A signed read URL is good for this long at most. */
export const readMs = 5 * 60_000;

export interface FormTerms {
  key: string;
  contentType: string;
  sizeBytes: number;
  expiresInMs: number;
}

/** Fields first, in this order, then `file`. `url` may be relative to the API's address (disk). */
export interface Form {
  url: string;
  fields: Record<string, string>;
}

export interface StoredObject {
  key: string;
  sizeBytes: number;
  modifiedAt: number;
}

export interface ObjectStore {
  /** Places that hold only what is on its way; old objects there are left-overs. */
  readonly transient: readonly Place[];
  /** A form that puts exactly one object of that key, type and size. */
  form(terms: FormTerms): Promise<Form>;
  /** A read URL whose answer carries these headers; maybe relative, as the form's. */
  url(key: string, served: Served, expiresInMs: number): Promise<string>;
  head(key: string): Promise<StoredObject | undefined>;
  /** The bytes, `length` of them from `start` where given. Rejects where there is no such object. */
  read(key: string, start?: number, length?: number): Promise<Readable>;
  /** Copies the object into a new file. Rejects where there is no such object. */
  download(key: string, file: string): Promise<void>;
  /** Replaces the object by a file's content; nothing partial is ever seen under the key. @throws `unavailable` where the store is full */
  write(key: string, file: string, contentType: string): Promise<void>;
  /** @returns false where there is nothing under `from` */
  move(from: string, to: string, contentType: string): Promise<boolean>;
  /** Deletes up to 1,000; missing ones are no error. */
  remove(keys: readonly string[]): Promise<void>;
  /** A page of at most `most`, ordered by key, of the keys after `after`. */
  list(place: Place, after: string, most: number): Promise<StoredObject[]>;
  close(): void;
}

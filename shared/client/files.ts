/** Which files the server would take, known before a byte is sent. Pure. */
import { PasserbyError } from "../protocol/errors.ts";
import { canonicalType, fileTypes, nameFits } from "../protocol/file-types.ts";
import { limits } from "../protocol/limits.ts";
import type { Message, RouteBody } from "../protocol/index.ts";

export type Attachment = NonNullable<Message["attachment"]>;
/** What is known of a file before the server has said anything. */
export type LocalAttachment = Omit<Attachment, "uploadId" | "url" | "expiresAt"> & Partial<Attachment>;
export type NewFile = Omit<RouteBody<"POST /api/uploads">, "roomId" | "sizeBytes" | "contentType"> & {
  /** The file's own by default. */
  contentType?: string;
  width?: number;
  height?: number;
  /** The caption. */
  text?: string;
  replyTo?: string;
};

/** The word of `PasserbyError.fields.file`, for a sentence of the page's own. */
export type FileFault = "empty" | "too-large" | "too-long" | "type" | "unreadable" | "changed";

const codes = {
  empty: "invalid",
  "too-large": "payload-too-large",
  "too-long": "payload-too-large",
  type: "unsupported-type",
  unreadable: "invalid",
  changed: "invalid",
} as const;

export const fileError = (fault: FileFault): PasserbyError =>
  new PasserbyError(codes[fault], undefined, { fields: { file: fault } });

const extensionOf = (filename: string) => /\.([^./\\]*)$/.exec(filename)?.[1]?.toLowerCase();

/**
 * The type to declare. Systems name types by taste (a CSV is Excel's on Windows, a RAR nothing at all), so where name and
 * type disagree the name has it: the server looks at the bytes anyway.
 */
export function declaredType(filename: string, given: string): string | undefined {
  const type = canonicalType(given);
  if (type && nameFits(filename, type)) return type;
  const extension = extensionOf(filename);
  if (extension === undefined) return undefined;
  for (const [name, { extensions }] of fileTypes) if (extensions.includes(extension)) return name;
  return undefined;
}

/** Within the limit, the extension kept, no half of a character left. */
export function shortName(filename: string): string {
  if (filename.length <= limits.filenameMax) return filename;
  const extension = filename.slice(filename.lastIndexOf(".")).slice(-20);
  const stem = filename.slice(0, limits.filenameMax - extension.length).replace(/[\uD800-\uDBFF]$/, "");
  return stem + extension;
}

/** @throws PasserbyError with `fields.file` */
export function checkFile(file: Blob, { kind, filename, contentType = file.type, durationMs }: NewFile): string {
  const type = declaredType(filename, contentType);
  if (!type) throw fileError("type");
  if (file.size === 0) throw fileError("empty");
  if (file.size > (kind === "voice" ? limits.voiceBytes : limits.fileBytes)) throw fileError("too-large");
  if (kind === "voice" && (durationMs ?? 0) > limits.voiceMs) throw fileError("too-long");
  return type;
}

/** For `<input accept>`: extensions too, since many systems know no types. */
export const acceptedFiles = (): string =>
  [...fileTypes].flatMap(([type, { extensions }]) => [type, ...extensions.map((name) => `.${name}`)]).join(",");

/** May a page show it in place (U5)? Everything else is only downloaded. */
export const isShown = (contentType: string): boolean => fileTypes.get(contentType)?.inline === true;

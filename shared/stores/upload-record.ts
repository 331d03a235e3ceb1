/** An upload's hash in Redis and what the contract shows of it. */
import type { Upload } from "../protocol/index.ts";
import type { Reply } from "./scripts.ts";

export type Fields = Record<string, string>;

/** What the check adds to, or corrects in, the record. */
export type Found = Partial<Pick<Upload, "sizeBytes" | "width" | "height" | "durationMs">>;

export function toFields(reply: readonly Reply[]): Fields {
  const fields: Fields = {};
  for (let i = 0; i < reply.length; i += 2) fields[String(reply[i])] = String(reply[i + 1]);
  return fields;
}

/** field, value, … for a script. */
export const flat = (found: object) =>
  Object.entries(found).flatMap(([name, value]) =>
    value === undefined ? [] : [name, Array.isArray(value) ? JSON.stringify(value) : String(value)],
  );

const number = (fields: Fields, name: string) => (fields[name] === undefined ? {} : { [name]: Number(fields[name]) });

export function toUpload(id: string, fields: Fields): Upload {
  return {
    id,
    roomId: fields["room"]!,
    kind: fields["kind"] as Upload["kind"],
    filename: fields["filename"]!,
    contentType: fields["contentType"]!,
    sizeBytes: Number(fields["sizeBytes"]),
    ...number(fields, "width"),
    ...number(fields, "height"),
    ...number(fields, "durationMs"),
    ...(fields["peaks"] && { peaks: JSON.parse(fields["peaks"]) as number[] }),
    state: fields["state"] as Upload["state"],
    expiresAt: new Date(Number(fields["expiresAt"])).toISOString(),
  };
}

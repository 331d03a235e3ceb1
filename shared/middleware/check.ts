import type { z } from "zod";
import { PasserbyError } from "../protocol/errors.ts";
import { refuseHostile } from "./sanitise.ts";

const MAX_FIELDS = 20;
type Issue = z.core.$ZodIssue;

/** One entry per field, by its dotted path; an unknown field is named itself, not its parent. */
function fieldsOf(issues: readonly Issue[], name: string): Record<string, string> {
  const found = issues.flatMap((issue): [string, string][] => {
    const path = issue.path.map(String);
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => [[...path, key].join("."), "is not known"]);
    return [[path.join(".") || name, issue.message]];
  });
  return Object.fromEntries(found.slice(0, MAX_FIELDS).map(([path, fault]) => [path.slice(0, 200), fault]));
}

const invalid = (fields: Record<string, string>) => new PasserbyError("invalid", undefined, { fields });

function checkEmpty(input: unknown, name: string): object {
  if (typeof input !== "object" || input === null || Array.isArray(input)) throw invalid({ [name]: "must be empty" });
  const keys = Object.keys(input).slice(0, MAX_FIELDS);
  if (keys.length > 0) throw invalid(Object.fromEntries(keys.map((key) => [key.slice(0, 200), "is not known"])));
  return {};
}

/**
 * Checks one part of a request against its schema; without a schema it has to be empty.
 * @throws PasserbyError `invalid` with `fields`
 */
export function check(schema: z.ZodType | undefined, input: unknown, name: "body" | "query" | "params"): unknown {
  refuseHostile(input, name);
  if (!schema) return checkEmpty(input, name);
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw invalid(fieldsOf(result.error.issues, name));
}

import { z } from "zod";
import { PasserbyError } from "../protocol/errors.ts";
import { refuseHostile } from "./sanitise.ts";

const MAX_FIELDS = 20;
const nothing = z.strictObject({});
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

/**
 * Checks one part of a request against its schema; without a schema it has to be empty.
 * @throws PasserbyError `invalid` with `fields`
 */
export function check(schema: z.ZodType | undefined, input: unknown, name: "body" | "query" | "params"): unknown {
  refuseHostile(input, name);
  const result = (schema ?? nothing).safeParse(input);
  if (result.success) return result.data;
  throw new PasserbyError("invalid", undefined, { fields: fieldsOf(result.error.issues, name) });
}

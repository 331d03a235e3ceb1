import { PasserbyError } from "../protocol/errors.ts";

const MAX_DEPTH = 16;
const reserved = new Set(["__proto__", "constructor", "prototype"]);

function keyFault(key: string): string | undefined {
  if (reserved.has(key)) return "is a reserved name";
  if (key.startsWith("$")) return "must not start with $";
  if (key.includes(".")) return "must not hold a dot";
  return undefined;
}

const shown = (path: string) => path.replaceAll("\0", "\\0").slice(0, 200);

/**
 * Refuses what no honest client sends, wherever it stands: operator keys, names that reach a prototype, NUL.
 * Iterative, since a body may be nested deeper than the stack.
 * @throws PasserbyError `invalid` that names the field
 */
export function refuseHostile(input: unknown, name: "body" | "query" | "params"): void {
  const refuse = (path: string, fault: string) => {
    throw new PasserbyError("invalid", undefined, { fields: { [shown(path) || name]: fault } });
  };
  const left: { value: unknown; path: string; depth: number }[] = [{ value: input, path: "", depth: 0 }];
  for (let next = left.pop(); next; next = left.pop()) {
    const { value, path, depth } = next;
    if (typeof value === "string" && value.includes("\0")) refuse(path, "must not hold a NUL character");
    if (typeof value !== "object" || value === null) continue;
    if (depth > MAX_DEPTH) refuse(path, "is nested too deeply");
    for (const key of Object.keys(value)) {
      const inner = path === "" ? key : `${path}.${key}`;
      const fault = keyFault(key) ?? (key.includes("\0") ? "must not hold a NUL character" : undefined);
      if (fault) refuse(inner, fault);
      left.push({ value: (value as Record<string, unknown>)[key], path: inner, depth: depth + 1 });
    }
  }
}

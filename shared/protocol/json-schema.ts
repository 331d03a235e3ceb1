/** Our schemas as JSON Schema. What has a name stands once, among a document's components, and is referred to. */
import { z } from "zod";
import { call } from "./calls.ts";
import { matchState } from "./matching.ts";
import { message, receipt } from "./messages.ts";
import { nodeStats, stats } from "./presence.ts";
import { errorBody, problem } from "./problems.ts";
import { room } from "./rooms.ts";
import { handshake } from "./sessions.ts";
import { user } from "./wire.ts";

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** None of them is another on its way in than on its way out, so one form of each is enough. */
const named = {
  User: user,
  Room: room,
  Message: message,
  Receipt: receipt,
  MatchState: matchState,
  Call: call,
  Stats: stats,
  Node: nodeStats,
  ErrorBody: errorBody,
  Problem: problem,
  Handshake: handshake,
};
const names = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries(named)) names.add(schema, { id });

/** What would only be noise: a pattern beside the format that says the same, the bounds of every safe integer. */
function quieter({ jsonSchema }: { jsonSchema: JsonSchema }): void {
  if (jsonSchema.format) delete jsonSchema.pattern;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
}

const ownWords = new Set(["$schema", "$defs", "definitions", "id"]);

/** A document of ours refers into its components. @param naming are the keys names of fields, not words of JSON Schema? */
function referring(node: unknown, naming = false): unknown {
  if (Array.isArray(node)) return node.map((one) => referring(one));
  if (typeof node !== "object" || node === null) return node;
  const entries = Object.entries(node).filter(([word]) => naming || !ownWords.has(word));
  return Object.fromEntries(
    entries.map(([word, value]) =>
      word === "$ref" && !naming
        ? [word, String(value).replace(/^#\/(?:\$defs|definitions)\//, "#/components/schemas/")]
        : [word, referring(value, word === "properties" && !naming)],
    ),
  );
}

/** @param target of OpenAPI 3.1, or of AsyncAPI 3.0 */
export function jsonSchemas(target: "draft-2020-12" | "draft-07") {
  const convert = (schema: z.ZodType, io: "input" | "output") =>
    z.toJSONSchema(schema, { target, io, metadata: names, override: quieter });
  const components: Record<string, JsonSchema> = Object.fromEntries(
    Object.entries(named).map(([name, schema]) => {
      // Asked for by itself, it would be a reference to itself.
      const asked = convert(z.strictObject({ it: schema }), "output") as Record<string, Record<string, object>>;
      return [name, referring((asked["$defs"] ?? asked["definitions"])![name]) as JsonSchema];
    }),
  );
  return {
    /** What a client may send. */
    input: (schema: z.ZodType) => referring(convert(schema, "input")) as JsonSchema,
    /** What it is sent. */
    output: (schema: z.ZodType) => referring(convert(schema, "output")) as JsonSchema,
    /** The named ones that `document` refers to, and those that they refer to. */
    used(document: unknown): Record<string, JsonSchema> {
      const found: Record<string, JsonSchema> = {};
      const look = (node: unknown): void => {
        for (const [, name] of JSON.stringify(node).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
          if (found[name!] || !components[name!]) continue;
          look((found[name!] = components[name!]!));
        }
      };
      look(document);
      return found;
    },
  };
}

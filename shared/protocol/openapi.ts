/** The routes as an OpenAPI 3.1 document. */
import type { z } from "zod";
import { type RouteName, routes } from "./index.ts";
import { type JsonSchema, jsonSchemas } from "./json-schema.ts";
import type { RouteSpec } from "./wire.ts";

type Io = "input" | "output";

const security: Record<RouteSpec["auth"], Record<string, string[]>[]> = {
  none: [],
  bearer: [{ token: [] }],
  "expired-bearer": [{ expiredToken: [] }],
  ticket: [{ token: [] }, { ticket: [] }],
  admin: [{ operator: [] }],
};

const securitySchemes = {
  operator: { type: "http", scheme: "bearer", description: "ADMIN_TOKEN; without one these are 404" },
  token: { type: "http", scheme: "bearer", bearerFormat: "JWT", description: "Of POST /api/guest; good for an hour" },
  expiredToken: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "The same; it may have expired less than 24 hours ago, if its session lives",
  },
  ticket: { type: "apiKey", in: "query", name: "ticket", description: "Of a message's attachment, for <img>" },
};

/** `GET /api/rooms/:id` → `getApiRoomsId`. */
const operationId = (name: string) =>
  name
    .split(/[^A-Za-z0-9]+/)
    .map((word, i) => (i === 0 ? word.toLowerCase() : word[0]!.toUpperCase() + word.slice(1)))
    .join("");

/** Which refusals a client has to expect of it; any other is a problem all the same. */
function refusals({ auth, params, query, body }: RouteSpec): [status: string, why: string][] {
  return [
    ...(params || query || body ? [["400", "A wrong, missing or unknown field"] as [string, string]] : []),
    ...(auth === "none" ? [] : [["401", "No good token, or the session has ended"] as [string, string]]),
    ...(params ? [["404", "There is no such thing, or not any more"] as [string, string]] : []),
    ["429", "Too many requests; see Retry-After"],
    ["default", "A problem (RFC 9457); its code says which"],
  ];
}

const rateLimits = Object.fromEntries(
  ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"].map((name) => [
    name,
    { schema: { type: "integer" as const } },
  ]),
);

/** @param version of the deployment */
export function openApi(version: string) {
  const schemas = jsonSchemas("draft-2020-12");
  const json = (schema: z.ZodType, io: Io) => ({ "application/json": { schema: schemas[io](schema) } });

  function parameters(fields: z.ZodObject | undefined, where: "path" | "query") {
    return Object.entries(fields?.shape ?? {}).map(([name, schema]) => ({
      name,
      in: where,
      required: where === "path",
      schema: schemas.input(schema as z.ZodType),
    }));
  }

  interface Answer {
    description: string;
    headers?: Record<string, { schema: JsonSchema }>;
    content?: Record<string, { schema: JsonSchema }>;
  }
  function operation(name: RouteName) {
    const spec: RouteSpec = routes[name];
    const { summary, auth, status, also = [], params, query, body, answer } = spec;
    const good: Answer = {
      description: summary,
      ...(status === 302 && { headers: { Location: { schema: { type: "string", format: "uri" } } } }),
      ...(auth !== "none" && status !== 302 && { headers: rateLimits }),
      ...(answer ? { content: json(answer, "output") } : spec.page && { content: { "text/html": { schema: {} } } }),
    };
    const problems: Record<string, Answer> = Object.fromEntries(
      refusals(spec).map(([one, description]) => [
        one,
        { description, content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } } },
      ]),
    );
    return {
      operationId: operationId(name),
      summary,
      tags: [/\/api\/([a-z]+)/.exec(name)?.[1] ?? "health"],
      security: security[auth],
      ...((params ?? query) && { parameters: [...parameters(params, "path"), ...parameters(query, "query")] }),
      ...(body && { requestBody: { required: true, content: json(body, "input") } }),
      responses: { ...Object.fromEntries([status, ...also].map((one) => [String(one), good])), ...problems },
    };
  }

  const paths: Record<string, Record<string, ReturnType<typeof operation>>> = {};
  for (const name of Object.keys(routes) as RouteName[]) {
    const [method, path] = name.split(" ") as [string, string];
    const template = path.replace(/:(\w+)/g, "{$1}");
    (paths[template] ??= {})[method.toLowerCase()] = operation(name);
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "Passerby",
      version,
      summary: "Anonymous realtime chat: the HTTP half of wire contract 1",
      description: "What happens in rooms, matches and calls goes over the socket: see asyncapi.json.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    paths,
    components: {
      schemas: schemas.used(paths),
      securitySchemes: Object.fromEntries(
        Object.entries(securitySchemes).filter(([name]) => JSON.stringify(paths).includes(`"${name}":[]`)),
      ),
    },
  };
}

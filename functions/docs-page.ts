/** The two documents as one page of plain HTML: nothing on it runs, and nothing comes from anywhere else. */
import { createHash } from "node:crypto";
import type { asyncApi } from "../shared/protocol/asyncapi.ts";
import { errors } from "../shared/protocol/errors.ts";
import type { JsonSchema } from "../shared/protocol/json-schema.ts";
import type { openApi } from "../shared/protocol/openapi.ts";

type OpenApi = ReturnType<typeof openApi>;
type AsyncApi = ReturnType<typeof asyncApi>;

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100%; margin: 0 0 2rem }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #8884 }
code { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere }
th code { white-space: nowrap }
`;
/** Stricter than the page's own: one style, no more. */
export const docsPolicy = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

const escaped = (text: string) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

function bounds({ type, minimum, maximum, minLength, maxLength, minItems, maxItems }: JsonSchema): string {
  const [least, most] = [minimum ?? minLength ?? minItems, maximum ?? maxLength ?? maxItems];
  if (least === undefined && most === undefined) return "";
  return ` ${least ?? ""}..${most ?? ""}${type === "string" ? " characters" : type === "array" ? " of them" : ""}`;
}

/** A schema in a line, as TypeScript would write it; names are links to where they are told. */
function shape(schema: JsonSchema | boolean | undefined): string {
  if (typeof schema !== "object") return "anything";
  const {
    $ref,
    const: only,
    enum: choices,
    anyOf,
    oneOf,
    type,
    properties,
    required,
    items,
    additionalProperties,
  } = schema;
  if ($ref) {
    const name = $ref.split("/").at(-1)!;
    return `<a href="#${name}">${name}</a>`;
  }
  if (only !== undefined) return escaped(JSON.stringify(only));
  if (choices) return choices.map((choice) => escaped(JSON.stringify(choice))).join(" | ");
  const union = anyOf ?? oneOf;
  if (union) return union.map(shape).join(" | ");
  if (type === "array") return `(${shape(items as JsonSchema)})[]${bounds(schema)}`;
  if (type !== "object") return `${String(type ?? "anything")}${bounds(schema)}`;
  const fields = Object.entries(properties ?? {}).map(
    ([name, field]) => `${escaped(name)}${required?.includes(name) ? "" : "?"}: ${shape(field)}`,
  );
  if (typeof additionalProperties === "object") fields.push(`[name]: ${shape(additionalProperties)}`);
  return `{ ${fields.join(", ")} }`;
}

const code = (html: string) => `<code>${html}</code>`;
const table = (head: string[], rows: string[][]) =>
  `<table><tr>${head.map((cell) => `<th scope="col">${cell}</th>`).join("")}</tr>${rows
    .map(
      ([first, ...rest]) => `<tr><th scope="row">${first}</th>${rest.map((cell) => `<td>${cell}</td>`).join("")}</tr>`,
    )
    .join("\n")}</table>`;

function routeRows({ paths }: OpenApi): string[][] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { summary, security, parameters = [], requestBody, responses }]) => {
      // Numbers come first among an object's keys, the least of them before all.
      const [status, good] = Object.entries<{ content?: Record<string, { schema: JsonSchema }> }>(responses)[0]!;
      const asked = parameters.map(({ name, required, schema }) => `${name}${required ? "" : "?"}: ${shape(schema)}`);
      const body = requestBody?.content["application/json"].schema;
      const answer = good.content?.["application/json"]?.schema;
      return [
        code(`${method.toUpperCase()} ${escaped(path)}`),
        escaped(summary) + (security.length > 0 ? "" : " <em>(anybody)</em>"),
        [asked.length > 0 ? code(asked.join(", ")) : "", body ? code(shape(body)) : ""].join(" ").trim() || "–",
        `${status} ${answer ? code(shape(answer)) : ""}`,
      ];
    }),
  );
}

function messageRows({ components: { messages } }: AsyncApi, kind: "requests" | "events"): string[][] {
  const all = Object.entries(messages).filter(([key]) => key.startsWith(`${kind}.`));
  return all.map(([key, { name, payload }]) => {
    const ack = messages[key.replace(/^requests/, "acks")]?.payload.oneOf?.[0];
    const said = [code(escaped(name)), code(shape(payload))];
    return kind === "events" ? said : [...said, ack ? code(shape(ack.properties!["data"])) : "session:welcome"];
  });
}

export function docsPage(open: OpenApi, async: AsyncApi): string {
  const refusals = Object.entries(errors).map(([name, { status, retry, title }]) => [
    code(name),
    String(status),
    retry ? "keep, back off, try again" : "stop, show",
    escaped(title),
  ]);
  const shapes = Object.entries(async.components.schemas).map(([name, schema]) => [
    `<a id="${name}">${name}</a>`,
    code(shape(schema as JsonSchema)),
  ]);
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Passerby: wire contract 1</title>
<style>${style}</style>
<h1>Passerby: wire contract 1</h1>
<p>Version ${escaped(open.info.version)}, for machines: <a href="openapi.json">openapi.json</a> (HTTP), <a href="asyncapi.json">asyncapi.json</a> (sockets).
Unknown fields are refused. Times are ISO 8601.</p>
<h2>HTTP</h2>${table(["route", "", "request", "answer"], routeRows(open))}
<h2>Sockets: requests, each acked <code>{ ok: true, data }</code> or <code>{ ok: false, error }</code></h2>
${table(["event", "payload", "data of the ack"], messageRows(async, "requests"))}
<h2>Sockets: events</h2>${table(["event", "payload"], messageRows(async, "events"))}
<h2>Shapes</h2>${table(["name", ""], shapes)}
<h2>Errors</h2>${table(["code", "status", "client", ""], refusals)}
</html>
`;
}

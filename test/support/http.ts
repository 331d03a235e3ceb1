/** The functions behind a gateway, with settings of the test's own, asked over real HTTP. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { z } from "zod";
import { routeTable } from "../../functions/routes.ts";
import { startGateway, type Gateway, type LoadHandler } from "../../local/gateway.ts";
import { errors, type ErrorCode } from "../../shared/protocol/errors.ts";
import type { Credentials } from "../../shared/protocol/index.ts";

export const secret = "test-secret-of-more-than-thirty-two-characters";

/** RFC 9457 as this project uses it, and not a field more. */
export const problemSchema = z.strictObject({
  type: z.string().regex(/^urn:passerby:error:[a-z-]+$/),
  title: z.string().min(1),
  status: z.int(),
  detail: z.string().min(1),
  code: z.enum(Object.keys(errors) as [ErrorCode, ...ErrorCode[]]),
  requestId: z.string().min(8),
  fields: z.record(z.string(), z.string()).optional(),
  retryAfterMs: z.int().min(0).optional(),
});
export type Problem = z.output<typeof problemSchema>;

export interface Asked {
  method?: string;
  token?: string | undefined;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json: () => unknown;
  /** The answer as a problem, checked strictly and against its status and code. */
  problem: () => Problem;
}

export interface Api extends AsyncDisposable {
  url: string;
  ask: (path: string, asked?: Asked) => Promise<Answer>;
  guest: (profile?: object) => Promise<Credentials>;
}

/** The handlers read the environment when they are imported, as on a cold start: each call has its own instances. */
async function start(settings: Record<string, string>, load?: LoadHandler): Promise<Gateway> {
  const before = { ...process.env };
  vi.resetModules();
  Object.assign(process.env, {
    JWT_KEYS: `test:${secret}`,
    UPLOAD_STORE: `disk:${mkdtempSync(join(tmpdir(), "passerby-uploads-"))}`,
    ...settings,
  });
  try {
    return await startGateway({ routes: routeTable, port: 0, ...(load && { load }) });
  } finally {
    process.env = before;
  }
}

/**
 * @param settings environment of this instance; REDIS_URL is to be among them
 * @param load where the handlers come from, if not from their sources
 */
export async function startApi(settings: Record<string, string>, load?: LoadHandler): Promise<Api> {
  const gateway = await start(settings, load);

  async function ask(path: string, { method, token, body, headers = {} }: Asked = {}): Promise<Answer> {
    const raw = typeof body === "string" || body instanceof Uint8Array;
    const response = await fetch(gateway.url + path, {
      method: method ?? (body === undefined ? "GET" : "POST"),
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: raw ? (body as BodyInit) : JSON.stringify(body) }),
      redirect: "manual",
      signal: AbortSignal.timeout(20_000),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: () => JSON.parse(text) as unknown,
      problem: () => {
        const problem = problemSchema.parse(JSON.parse(text));
        const type = response.headers.get("content-type");
        if (!type?.startsWith("application/problem+json")) throw new Error(`a problem of type ${type}`);
        if (problem.status !== response.status || errors[problem.code].status !== response.status)
          throw new Error(`${problem.code} with status ${response.status}`);
        // zod leaves a field named __proto__ out of a record.
        const { fields } = JSON.parse(text) as Problem;
        return { ...problem, ...(fields && { fields }) };
      },
    };
  }

  return {
    url: gateway.url,
    ask,
    async guest(profile = {}) {
      const answer = await ask("/api/guest", { body: profile });
      if (answer.status !== 201) throw new Error(`no guest: ${answer.text}`);
      return answer.json() as Credentials;
    },
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}

/** The HTTP half of the contract: typed by route, problem+json into PasserbyError. */
import { errors, PasserbyError, type ErrorCode } from "../protocol/errors.ts";
import { limits } from "../protocol/limits.ts";
import type { RouteAnswer, RouteBody, RouteName } from "../protocol/index.ts";

export interface HttpOptions<R extends RouteName> {
  token?: string;
  params?: Record<string, string>;
  query?: Record<string, string | number>;
  body?: RouteBody<R>;
}

export type Http = <R extends RouteName>(route: R, options?: HttpOptions<R>) => Promise<RouteAnswer<R>>;

interface Problem {
  code?: string;
  detail?: string;
  title?: string;
  retryAfterMs?: number;
  fields?: Record<string, string>;
}

/** `baseUrl`: the functions' origin, or "" for the page's own. A network without answer is `unavailable`, and so is all once it is `over`. */
export function createHttp(
  baseUrl: string,
  fetcher: typeof fetch = (...request) => fetch(...request),
  over?: AbortSignal,
): Http {
  return async <R extends RouteName>(route: R, { token, params = {}, query, body }: HttpOptions<R> = {}) => {
    const [method, pattern] = route.split(" ") as [string, string];
    const path = pattern.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
    const search = query
      ? `?${new URLSearchParams(Object.entries(query).map(([key, value]) => [key, `${value}`]))}`
      : "";
    let response: Response;
    const inTime = AbortSignal.timeout(limits.ackTimeoutMs);
    try {
      response = await fetcher(`${baseUrl}${path}${search}`, {
        method,
        headers: {
          ...(token && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { "content-type": "application/json" }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: over && "any" in AbortSignal ? AbortSignal.any([inTime, over]) : inTime,
      });
    } catch {
      throw new PasserbyError("unavailable", "No answer from the server");
    }
    if (!response.ok) throw await refusal(response);
    if (response.status === 204) return undefined as RouteAnswer<R>;
    try {
      return (await response.json()) as RouteAnswer<R>;
    } catch {
      throw new PasserbyError("unavailable", "The answer broke off");
    }
  };
}

/** Something between may have answered instead of us: then only the status speaks. */
async function refusal(response: Response): Promise<PasserbyError> {
  const problem = (await response.json().catch(() => ({}))) as Problem;
  const known = problem.code !== undefined && problem.code in errors;
  const code = known ? (problem.code as ErrorCode) : fromStatus(response.status);
  const afterS = Number(response.headers.get("retry-after"));
  const retryAfterMs = problem.retryAfterMs ?? (afterS > 0 ? afterS * 1000 : undefined);
  return new PasserbyError(code, problem.detail ?? problem.title, { retryAfterMs, fields: problem.fields });
}

const fromStatus = (status: number): ErrorCode => {
  if (status === 429) return "rate-limited";
  if (status === 413) return "payload-too-large";
  if (status === 404) return "not-found";
  return status >= 500 ? "unavailable" : "invalid";
};

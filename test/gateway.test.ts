/** The local gateway speaks as API Gateway does: the events a handler gets, and what becomes of its answers. */
import { connect } from "node:net";
import { request } from "node:http";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startGateway, type Gateway } from "../local/gateway.ts";
import { limits } from "../shared/protocol/limits.ts";
import { problemSchema } from "./support/http.ts";
import { promised, until } from "./support/until.ts";

const binary = Uint8Array.from({ length: 256 }, (_, i) => i);
let gateway: Gateway;
let last: APIGatewayProxyEventV2;
const given: WeakRef<object>[] = [];

const answers: Record<string, () => APIGatewayProxyStructuredResultV2> = {
  "/echo": () => ({ statusCode: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(last) }),
  "/bytes": () => ({
    statusCode: 200,
    headers: { "content-type": "image/png", connection: "close", "content-length": "7" },
    isBase64Encoded: true,
    body: Buffer.from(binary).toString("base64"),
  }),
  "/cookies": () => ({ statusCode: 201, cookies: ["a=1", "b=2"], body: "made" }),
  "/empty": () => ({ statusCode: 204 }),
  "/boom": () => {
    throw new Error("secret detail");
  },
  "/large": () => ({ statusCode: 200, body: "x".repeat(6 * 1024 * 1024 + 1) }),
};

beforeAll(async () => {
  gateway = await startGateway({
    port: 0,
    routes: [
      { route: "ANY /things/{proxy+}", handler: "greedy" },
      { route: "GET /things/{id}/parts/{part}", handler: "parts" },
      { route: "GET /things/special", handler: "special" },
      { route: "ANY /things/special", handler: "any-special" },
      { route: "ANY /{proxy+}", handler: "rest" },
    ],
    load: async (name) => async (event: APIGatewayProxyEventV2) => {
      last = event;
      const result = answers[event.rawPath]?.() ?? answers["/echo"]!();
      const whole = { ...result, headers: { ...result.headers, "x-handler": name } };
      given.push(new WeakRef(whole));
      return whole;
    },
  });
});
afterAll(() => gateway?.[Symbol.asyncDispose]());

const ask = (path: string, init?: RequestInit) => fetch(gateway.url + path, init);

describe("the event", () => {
  test("carries method, path, query, headers, cookies and the peer's address", async () => {
    const headers = { "X-Custom": "Value", cookie: "a=1; b=2", "x-forwarded-for": "9.9.9.9" };
    await ask("/some/path?a=1&b=2&a=3&c=%20x&__proto__=y", { method: "PATCH", headers, body: '{"x":1}' });
    expect(last).toMatchObject({
      version: "2.0",
      routeKey: "ANY /{proxy+}",
      rawPath: "/some/path",
      rawQueryString: "a=1&b=2&a=3&c=%20x&__proto__=y",
      cookies: ["a=1", "b=2"],
      pathParameters: { proxy: "some/path" },
      requestContext: {
        stage: "$default",
        routeKey: "ANY /{proxy+}",
        http: { method: "PATCH", path: "/some/path", protocol: "HTTP/1.1", sourceIp: "127.0.0.1" },
      },
      body: '{"x":1}',
      isBase64Encoded: false,
    });
    expect(last.queryStringParameters).toMatchObject({ a: "1,3", b: "2", c: " x" });
    expect(last.headers).toMatchObject({ "x-custom": "Value", "x-forwarded-for": "9.9.9.9, 127.0.0.1" });
    expect(last.headers).not.toHaveProperty("cookie");
    expect(last.requestContext.requestId).toMatch(/^[\w-]{36}$/);
  });

  test("has no body, query or cookies where the request had none", async () => {
    await ask("/bare");
    for (const absent of ["body", "queryStringParameters", "cookies"]) expect(last).not.toHaveProperty(absent);
    expect([last.rawQueryString, last.isBase64Encoded]).toEqual(["", false]);
  });

  test.each([
    ["application/octet-stream", undefined, true],
    ["multipart/form-data; boundary=x", undefined, true],
    ["application/x-www-form-urlencoded", undefined, true],
    ["application/json", "gzip", true],
    ["application/json; charset=utf-8", undefined, false],
    ["application/problem+json", undefined, false],
    ["text/plain", undefined, false],
  ])("carries a body of %s (encoding %s) as base64: %s", async (type, encoding, base64) => {
    const headers = { "content-type": type, ...(encoding && { "content-encoding": encoding }) };
    const bytes = base64 ? binary : new TextEncoder().encode("für dich");
    await ask("/upload", { method: "POST", headers, body: bytes });
    expect(last.isBase64Encoded).toBe(base64);
    expect([...Buffer.from(last.body ?? "", base64 ? "base64" : "utf8")]).toEqual([...bytes]);
  });

  test.each([
    ["GET", "/things/special", "special", {}],
    ["POST", "/things/special", "any-special", {}],
    ["GET", "/things/7/parts/b%2Fc", "parts", { id: "7", part: "b%2Fc" }],
    ["PUT", "/things/7/parts/b", "greedy", { proxy: "7/parts/b" }],
    ["GET", "/things/7/parts/b/c", "greedy", { proxy: "7/parts/b/c" }],
    ["GET", "/other", "rest", { proxy: "other" }],
  ])("%s %s goes to %s, the most specific route", async (method, path, handler, params) => {
    const answer = await ask(path, { method });
    expect(answer.headers.get("x-handler")).toBe(handler);
    expect(last.pathParameters ?? {}).toEqual(params);
  });
});

describe("the answer", () => {
  test("is let go of once it is given", async () => {
    setFlagsFromString("--expose-gc");
    const gc = runInNewContext("gc") as () => void;
    const before = given.length;
    for (let i = 0; i < 20; i++) await (await ask("/cookies")).text();
    const mine = given.slice(before, -1); // the last may still be in somebody's hands
    expect(mine).toHaveLength(19);
    await until("none is kept", () => (gc(), mine.every((one) => one.deref() === undefined)), 10_000);
  });

  test("of bytes arrives as it was, with its true length", async () => {
    const answer = await ask("/bytes");
    expect(answer.headers.get("content-length")).toBe("256");
    expect([...new Uint8Array(await answer.arrayBuffer())]).toEqual([...binary]);
  });

  test("keeps each cookie apart", async () => {
    const answer = await ask("/cookies");
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([201, ["a=1", "b=2"]]);
    expect(await answer.text()).toBe("made");
  });

  test("to HEAD has headers and no body, 204 neither body nor length", async () => {
    const head = await ask("/bytes", { method: "HEAD" });
    expect([head.status, head.headers.get("content-type"), await head.text()]).toEqual([200, "image/png", ""]);
    expect(last.requestContext.http.method).toBe("HEAD");
    const empty = await ask("/empty", { method: "DELETE" });
    expect([empty.status, empty.headers.get("content-length"), await empty.text()]).toEqual([204, null, ""]);
  });

  test("OPTIONS reaches the handler, which answers preflights", async () => {
    await ask("/anything", { method: "OPTIONS" });
    expect(last.requestContext.http.method).toBe("OPTIONS");
  });

  test.each([
    ["/boom", 500, "internal"],
    ["/large", 500, "internal"],
    ["/", 404, "not-found"],
  ])("to %s is a problem without detail", async (path, status, code) => {
    const answer = await ask(path);
    const text = await answer.text();
    expect([answer.status, problemSchema.parse(JSON.parse(text)).code]).toEqual([status, code]);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(text).not.toContain("secret detail");
  });
});

describe("limits", () => {
  const post = (body: Uint8Array, type: string) =>
    ask("/upload", { method: "POST", body: body as BodyInit, headers: { "content-type": type } });

  test("Lambda's 6 MB count the encoding", async () => {
    expect((await post(new Uint8Array(5 * 1024 * 1024).fill(65), "text/plain")).status).toBe(200);
    const encoded = await post(new Uint8Array(5 * 1024 * 1024), "image/png");
    expect([encoded.status, ((await encoded.json()) as { code: string }).code]).toEqual([413, "payload-too-large"]);
    expect((await post(new Uint8Array(6 * 1024 * 1024 + 1).fill(65), "text/plain")).status).toBe(413);
  });

  test("a chunked body without a length is read the same, and cut the same", async () => {
    const send = (chunks: number) =>
      new Promise<number | undefined>((resolve, reject) => {
        const sent = request(`${gateway.url}/upload`, { method: "POST", headers: { "content-type": "text/plain" } });
        sent.on("response", (answer) => resolve(answer.resume().statusCode)).on("error", reject);
        for (let i = 0; i < chunks; i++) sent.write("y".repeat(1024 * 1024));
        sent.end();
      });
    expect(await send(2)).toBe(200);
    expect([last.body?.length, last.headers["transfer-encoding"]]).toEqual([2 * 1024 * 1024, undefined]);
    expect(await send(8)).toBe(413);
  });

  const link = () => connect(Number(new URL(gateway.url).port), "127.0.0.1").on("error", () => {});

  test("[A2] who never ends the headers is cut in time, however often a byte comes; others are answered", async () => {
    const from = Date.now();
    const silent = link();
    const slow = link();
    slow.write("GET /slow HTTP/1.1\r\nHost: x\r\n");
    const dribble = setInterval(() => slow.writable && slow.write("X-Slow: 1\r\n"), 500);
    for (const one of [silent, slow]) one.resume();
    expect((await ask("/meanwhile")).status).toBe(200);
    await until("both are cut", () => silent.closed && slow.closed, promised(limits.connectTimeoutMs + 1_000));
    clearInterval(dribble);
    expect(Date.now() - from).toBeGreaterThan(limits.connectTimeoutMs / 2); // and not for another reason
  });

  test("[A2] who never ends the body is cut after half a minute", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const socket = link().resume();
    try {
      socket.write("POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf");
      await until("the body is waited for", () => vi.getTimerCount() > 0);
      vi.advanceTimersByTime(29_000);
      socket.write("a byte more");
      const status = new Promise((resolve) =>
        request(`${gateway.url}/meanwhile`, ({ statusCode }) => resolve(statusCode)).end(),
      );
      expect([await status, socket.closed]).toEqual([200, false]);
      vi.advanceTimersByTime(1_000);
      await until("it is cut", () => socket.closed);
    } finally {
      vi.useRealTimers();
      socket.destroy();
    }
  });

  test("a client that goes away mid-body harms nobody", async () => {
    const socket = link();
    await new Promise((resolve) => socket.once("connect", resolve));
    socket.write("POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf");
    socket.destroy();
    expect((await ask("/after")).status).toBe(200);
  });
});

test("closing stops listening, then disposes of each handler once", async () => {
  const disposed: string[] = [];
  const handler = async () => ({ statusCode: 200 });
  const short = await startGateway({
    port: 0,
    routes: ["/a", "/b", "/{proxy+}"].map((path, i) => ({ route: `GET ${path}`, handler: i < 2 ? "one" : "two" })),
    load: async (name) =>
      Object.assign(handler.bind(null), { [Symbol.asyncDispose]: async () => void disposed.push(name) }),
  });
  expect((await fetch(`${short.url}/a`)).status).toBe(200);
  await short[Symbol.asyncDispose]();
  expect(disposed).toEqual(["one", "two"]);
  await expect(fetch(`${short.url}/a`)).rejects.toThrow("fetch failed");
});

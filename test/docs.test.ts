/** The contract as documents: right by their formats' own rules, whole, and true of what the servers really answer. */
import { createHash } from "node:crypto";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import asyncApiFormats from "@asyncapi/specs";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import express from "express";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { diskPath } from "../shared/storage/disk.ts";
import { events, requests, type RouteName, routes } from "../shared/protocol/index.ts";
import { type Api, type Asked, startApi } from "./support/http.ts";
import { type Cluster, startCluster, type Talker } from "./support/nodes.ts";

interface OpenApi {
  paths: Record<string, Record<string, { responses: Record<string, { content?: Record<string, unknown> }> }>>;
}
interface AsyncApi {
  components: { messages: Record<string, { name: string }> };
  operations: Record<string, { action: string; messages: { $ref: string }[] }>;
}
let cluster: Cluster;
let pairs: Awaited<ReturnType<Cluster["pair"]>>[];
let api: Api;
/** Every path that a handler has taken on. */
let served: string[];
let openApi: OpenApi;
let asyncApi: AsyncApi;

beforeAll(async () => {
  cluster = await startCluster(1);
  // Now: a node sheds new sockets while its event loop is late, and what follows here makes it late.
  pairs = [await cluster.pair(0, 0), await cluster.pair(0, 0)];
  const taken = vi.spyOn(express.Router.prototype, "route");
  api = await startApi(cluster.env);
  served = taken.mock.calls.map(([path]) => String(path)).filter((path) => !path.startsWith(diskPath)); // the store's
  taken.mockRestore();
  openApi = (await api.ask("/api/openapi.json")).json() as OpenApi;
  asyncApi = (await api.ask("/api/asyncapi.json")).json() as AsyncApi;
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await cluster?.[Symbol.asyncDispose]();
});

async function faults(document: object): Promise<string[]> {
  const config = await createConfig({ extends: ["recommended"] });
  const found = await lintFromString({ source: JSON.stringify(document), absoluteRef: "/document.json", config });
  return found.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer ?? ""}`);
}

const asyncFormat = () => {
  const ajv = addFormats.default(new Ajv({ strict: false, allErrors: true }));
  return ajv.compile(asyncApiFormats.schemasWithoutId["3.0.0"]);
};

describe("by their formats' own rules", () => {
  test("openapi.json has no fault, and one without its answers has", async () => {
    expect(await faults(openApi)).toEqual([]);
    const broken = structuredClone(openApi);
    broken.paths["/health"]!["get"]!.responses = {};
    expect((await faults(broken)).length).toBeGreaterThan(0);
  });

  test("asyncapi.json has no fault, and one whose operations do nothing has", async () => {
    expect(await faults(asyncApi)).toEqual([]);
    const fits = asyncFormat();
    expect([fits(asyncApi), fits.errors]).toEqual([true, null]);
    const broken = structuredClone(asyncApi);
    broken.operations["handshake"]!.action = "wonder";
    expect(fits(broken)).toBe(false);
  });
});

test("every route is in openapi.json, and nothing else", () => {
  const told = Object.entries(openApi.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ":$1")}`),
  );
  expect(told.toSorted()).toEqual(Object.keys(routes).toSorted());
  // Served, said or not.
  const paths = Object.keys(openApi.paths).map((path) => path.replace(/\{(\w+)\}/g, ":$1"));
  expect([...new Set(served)].toSorted()).toEqual(paths.toSorted());
});

test("every request and event is in asyncapi.json, received or sent, and nothing else", () => {
  const told = { receive: [] as string[], send: [] as string[] };
  for (const { action, messages } of Object.values(asyncApi.operations))
    for (const { $ref } of messages)
      told[action as "receive" | "send"].push(asyncApi.components.messages[$ref.split("/").at(-1)!]!.name);
  expect(told.receive.toSorted()).toEqual([...Object.keys(requests), "handshake"].toSorted());
  expect(told.send.toSorted()).toEqual(Object.keys(events).toSorted());
});

describe("true of what is really answered", () => {
  /** @returns what the document's schema finds wrong with the value */
  function judge(document: object, pointer: string, value: unknown): unknown {
    const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));
    const escaped = pointer.replace(/\{/g, "%7B").replace(/\}/g, "%7D");
    const fits = ajv.addSchema(document, "document").compile({ $ref: `document#${escaped}` });
    return fits(value) ? "fits" : fits.errors;
  }
  const part = (path: string) => path.replaceAll("~", "~0").replaceAll("/", "~1");

  test("answers of the API, good ones and problems", async () => {
    const [ada, bob, roomId] = pairs[0]!;
    await ada.say(roomId, "hello");
    const { token } = bob.identity;
    const file = { roomId, kind: "file", filename: "a.txt", contentType: "text/plain", sizeBytes: 3 };
    const asked: [RouteName, string, Asked][] = [
      ["GET /health", "/health", {}],
      ["GET /health/ready", "/health/ready", {}],
      ["GET /api/stats", "/api/stats", {}],
      ["GET /api/socket/stats", "/api/socket/stats", {}],
      ["POST /api/guest", "/api/guest", { body: { interests: ["Tea"] } }],
      ["GET /api/guest/username", "/api/guest/username", {}],
      ["GET /api/guest/me", "/api/guest/me", { token }],
      ["PATCH /api/guest/me", "/api/guest/me", { token, method: "PATCH", body: { language: "de" } }],
      ["POST /api/guest/refresh", "/api/guest/refresh", { token, method: "POST" }],
      ["GET /api/rooms/:id", `/api/rooms/${roomId}`, { token }],
      ["GET /api/rooms/:id/messages", `/api/rooms/${roomId}/messages?after=0`, { token }],
      ["POST /api/uploads", "/api/uploads", { token, body: file }],
      ["GET /api/openapi.json", "/api/openapi.json", {}],
      ["GET /api/asyncapi.json", "/api/asyncapi.json", {}],
    ];
    for (const [name, path, how] of asked) {
      const answer = await api.ask(path, how);
      const [method, pattern] = name.split(" ") as [string, string];
      const told = `/paths/${part(pattern.replace(/:(\w+)/g, "{$1}"))}/${method.toLowerCase()}/responses/${answer.status}`;
      expect([name, answer.status]).toEqual([name, routes[name].status]);
      expect([name, judge(openApi, `${told}/content/application~1json/schema`, answer.json())]).toEqual([name, "fits"]);
    }
    const problem = await api.ask("/api/guest", { body: { username: "a b" } });
    expect(judge(openApi, "/components/schemas/Problem", problem.json())).toBe("fits");
    expect(judge(openApi, "/components/schemas/Problem", { code: "invalid" })).not.toBe("fits");
  });

  test("acks and events of two guests who talk", async () => {
    const [ada, bob, roomId] = pairs[1]!;
    const acks: [string, unknown][] = [];
    const ask = async (who: Talker, event: string, payload: object) => {
      const pointer = `/components/messages/requests.${event.replace(":", ".")}/payload`;
      expect([event, judge(asyncApi, pointer, payload)]).toEqual([event, "fits"]);
      acks.push([event, await who.raw(event, payload)]);
      return acks.at(-1)![1] as { ok: boolean; data: { message: { id: string } } };
    };
    await ask(bob, "stats:watch", { on: true });
    const draft = { roomId, clientMessageId: "m1", kind: "text", text: "hello" };
    const { data } = await ask(ada, "message:send", draft);
    await bob.next("message:sent");
    await ask(bob, "message:react", { roomId, messageId: data.message.id, emoji: "👍", on: true });
    await ask(bob, "message:ack", { roomId, readSeq: 1 });
    await ask(bob, "typing:set", { roomId, typing: true });
    await ask(ada, "message:history", { roomId, after: 0 });
    await ask(ada, "message:delete", { roomId, messageId: data.message.id });
    await ask(ada, "room:join", { roomId: "room_aaaaaaaaaaaaaaaaaaaaaa" }); // refused
    await ask(ada, "match:skip", { roomId });
    await bob.next("match:ended");
    await ask(ada, "match:leave", {});
    expect(acks.filter(([, ack]) => !(ack as { ok: boolean }).ok).map(([event]) => event)).toEqual(["room:join"]);
    for (const [event, ack] of acks) {
      const pointer = `/components/messages/acks.${event.replace(":", ".")}/payload`;
      expect([event, judge(asyncApi, pointer, ack)]).toEqual([event, "fits"]);
    }
    const heard = [...ada.heard, ...bob.heard];
    expect(new Set(heard.map(({ event }) => event)).size).toBeGreaterThan(6);
    for (const { event, payload } of heard) {
      const pointer = `/components/messages/events.${event.replace(":", ".")}/payload`;
      expect([event, judge(asyncApi, pointer, payload)]).toEqual([event, "fits"]);
    }
  });
});

test("docs is a page of our own: it names everything, runs nothing, and asks nobody else for anything", async () => {
  const { status, headers, text } = await api.ask("/api/docs");
  expect([status, headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  for (const name of Object.keys(routes)) expect.soft(text).toContain(name.replace(/:(\w+)/g, "{$1}"));
  for (const name of [...Object.keys(requests), ...Object.keys(events)])
    expect.soft(text).toContain(`<code>${name}</code>`);
  expect(text.match(/<script|<img|<iframe|\bon\w+=|(?:src|href)="(?!#|openapi\.json"|asyncapi\.json")/g)).toBeNull();
  const hash = createHash("sha256")
    .update(/<style>(.*?)<\/style>/s.exec(text)![1]!)
    .digest("base64");
  expect(headers.get("content-security-policy")).toContain(`default-src 'none'; style-src 'sha256-${hash}'`);
});

/** A message's trace over two nodes, as a collector gets it; and that there is none unless it was asked for. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { type Client, type ClientSpan, createClient } from "../shared/client/index.ts";
import { loadConfig } from "../shared/config.ts";
import { startCluster, until } from "./support/nodes.ts";

interface Span {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  node: string;
}
interface Sent {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue: string } }[] };
    scopeSpans: { spans: Omit<Span, "node">[] }[];
  }[];
}

/** As an OpenTelemetry collector: OTLP over HTTP, JSON. */
async function startCollector() {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    text(request).then(
      (body) => {
        if (request.url === "/v1/traces") bodies.push(body);
        response.writeHead(200, { "content-type": "application/json" }).end("{}");
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void server.close());
  const spans = (): Span[] =>
    bodies.flatMap((body) =>
      (JSON.parse(body) as Sent).resourceSpans.flatMap(({ resource, scopeSpans }) => {
        const node = resource.attributes.find(({ key }) => key === "service.instance.id")!.value.stringValue;
        return scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ ...span, node })));
      }),
    );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies, spans };
}

test("a message is one trace: request and Redis at its node, the telling at the partner's; it names no guest", async () => {
  const collector = await startCollector();
  const cluster = await startCluster(2, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER_ARG: "1" });
  const [ada, bob, roomId] = await cluster.pair();
  const { message } = await ada.say(roomId, "canary-text");
  await bob.next("message:sent");
  await cluster[Symbol.asyncDispose](); // what waits is sent before a node is gone
  const spans = await until("all spans are there", () => collector.spans().length >= 3 && collector.spans());

  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  const by = Object.fromEntries(spans.map((span) => [span.name, span]));
  expect(Object.keys(by).toSorted()).toEqual(["message:send", "message:sent", "message_send.lua"]);
  const [send, redis, sent] = [by["message:send"]!, by["message_send.lua"]!, by["message:sent"]!];
  expect(redis.parentSpanId).toBe(send.spanId);
  expect(sent.parentSpanId).toBe(send.parentSpanId);
  expect([send.node, redis.node, sent.node]).toEqual([
    cluster.nodes[0]!.id,
    cluster.nodes[0]!.id,
    cluster.nodes[1]!.id,
  ]);
  for (const { startTimeUnixNano, endTimeUnixNano } of spans)
    expect(BigInt(endTimeUnixNano) >= BigInt(startTimeUnixNano)).toBe(true);
  const guests = [ada.user.id, ada.user.username, bob.user.id, roomId, message.id, message.clientMessageId, "canary"];
  for (const guest of guests) expect(collector.bodies.join()).not.toContain(guest);
});

test("the client's span is the root of it: the headless client tells it to the program it is part of", async () => {
  const collector = await startCollector();
  const cluster = await startCluster(2, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER_ARG: "1" });
  const roots: ClientSpan[] = [];
  const expiresAt = new Date(Date.now() + 600_000).toISOString();
  const clients = await Promise.all(
    cluster.nodes.map(async ({ port }) => {
      const credentials = { ...(await cluster.guest()), expiresAt, socketUrl: `http://127.0.0.1:${port}` };
      const storage = { load: () => ({ version: 1 as const, credentials }), save: () => {} };
      const client = createClient({ httpUrl: "http://127.0.0.1:9", storage, onSpan: (span) => roots.push(span) });
      client.resume();
      await client.when(({ connection }) => connection.state === "online");
      return client;
    }),
  );
  await Promise.all(clients.map((client) => client.join()));
  const [ada, bob] = clients as [Client, Client];
  const { match } = await ada.when((state) => state.match.state === "matched");
  ada.send((match as { roomId: string }).roomId, "traced");
  await bob.when(({ rooms }) => Object.values(rooms).some(({ log }) => log.shown.length === 1));
  const root = await until("the root is told", () => roots[0]);
  for (const client of clients) client.destroy();
  await cluster[Symbol.asyncDispose]();
  const spans = await until("all spans are there", () => collector.spans().length >= 3 && collector.spans());
  for (const span of spans) expect(span.traceId).toBe(root.traceId);
  const children = spans.filter(({ parentSpanId }) => parentSpanId === root.spanId);
  expect(children.map(({ name }) => name).toSorted()).toEqual(["message:send", "message:sent"]);
  expect(roots).toHaveLength(1);
});

test("without an endpoint there is no tracing; a collector that is gone disturbs nobody", async () => {
  await using off = await startCluster(1);
  expect(off.nodes[0]!.context.tracing).toBeUndefined();
  expect(() => loadConfig({ OTEL_TRACES_SAMPLER_ARG: "2" })).toThrow(
    "OTEL_TRACES_SAMPLER_ARG must be a share from 0 to 1",
  );

  await using cluster = await startCluster(2, {
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9",
    OTEL_TRACES_SAMPLER_ARG: "1",
  });
  const [ada, bob, roomId] = await cluster.pair();
  for (let n = 0; n < 20; n++) await ada.say(roomId, `no. ${n}`);
  await until("bob has them", () => bob.all("message:sent").length === 20);
});

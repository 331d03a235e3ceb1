/**
 * A message's way as OpenTelemetry spans: the request at its node, Redis, the telling at each node of a partner. Off unless
 * OTEL_EXPORTER_OTLP_ENDPOINT is set; the SDK is not even loaded then. Nodes agree on a trace without a word on the wire: its id
 * is a hash of what both know of the message, so the contract has no field for it and no id of a guest leaves.
 */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Span } from "@opentelemetry/api";
import type { Config } from "../shared/config.ts";

const STOP_MS = 500;

/** What sender's and receiver's node both know. */
export interface Traced {
  roomId: string;
  senderId: string;
  clientMessageId: string;
}

export interface Tracing {
  /** A message's request has come. One that is refused is never ended, and so not told. */
  send: (message: Traced) => { asks: () => void; answered: () => void; end: () => void };
  /** Told to this node's sockets just now, by another node's word; `storedMs` by this process' clock. */
  told: (message: Traced, storedMs: number) => void;
  stop: () => Promise<void>;
}

const hash = ({ roomId, senderId, clientMessageId }: Traced) =>
  createHash("sha256").update(`${roomId} ${senderId} ${clientMessageId}`).digest("hex");

/** @returns undefined where nobody asked for it */
export async function startTracing({ tracing }: Config, nodeId: string): Promise<Tracing | undefined> {
  if (!tracing) return undefined;
  const [{ ROOT_CONTEXT, SpanKind, trace, TraceFlags }, sdk, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await Promise.all([
      import("@opentelemetry/api"),
      import("@opentelemetry/sdk-trace-base"),
      import("@opentelemetry/exporter-trace-otlp-http"),
      import("@opentelemetry/resources"),
    ]);
  const provider = new sdk.BasicTracerProvider({
    resource: resourceFromAttributes({ "service.name": "passerby", "service.instance.id": nodeId }),
    // By the trace's id: every node keeps and drops the same ones.
    sampler: new sdk.TraceIdRatioBasedSampler(tracing.ratio),
    spanProcessors: [new sdk.BatchSpanProcessor(new OTLPTraceExporter({ url: `${tracing.endpoint}/v1/traces` }))],
  });
  const tracer = provider.getTracer("passerby");

  /** The client's span, which nobody records: all of a message's spans are below it. */
  function parent(message: Traced) {
    const digest = hash(message);
    const [traceId, spanId] = [digest.slice(0, 32), digest.slice(32, 48)];
    return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true });
  }

  return {
    send(message) {
      const context = parent(message);
      const span = tracer.startSpan("message:send", { kind: SpanKind.SERVER }, context);
      const attributes = { "db.system.name": "redis", "db.operation.name": "message_send" };
      let redis: Span | undefined;
      return {
        asks() {
          const inside = trace.setSpan(context, span);
          redis = tracer.startSpan("message_send.lua", { kind: SpanKind.CLIENT, attributes }, inside);
        },
        answered: () => redis?.end(),
        end: () => span.end(),
      };
    },
    told(message, storedMs) {
      const options = { kind: SpanKind.CONSUMER, startTime: storedMs };
      tracer.startSpan("message:sent", options, parent(message)).end();
    },
    /** What waits is sent; a collector that is gone holds no node up. */
    stop: () => Promise.race([provider.shutdown().catch(() => undefined), sleep(STOP_MS, undefined, { ref: false })]),
  };
}

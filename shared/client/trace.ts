/** A message's span at its sender: the root of the trace whose other spans the nodes record (OpenTelemetry). */
import type { Draft } from "../protocol/index.ts";

export interface ClientSpan {
  name: "message:send";
  /** Hex, as OTLP over JSON writes them. */
  traceId: string;
  spanId: string;
  /** From the request to its ack, ms since 1970 by this client's clock. */
  startMs: number;
  endMs: number;
}

/** Ids as every node works them out of the message. Needs WebCrypto: in a page, https or localhost. */
export async function spanOf(
  { roomId, clientMessageId }: Draft,
  senderId: string,
  startMs: number,
  endMs: number,
): Promise<ClientSpan> {
  const named = new TextEncoder().encode(`${roomId} ${senderId} ${clientMessageId}`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", named));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { name: "message:send", traceId: hex.slice(0, 32), spanId: hex.slice(32, 48), startMs, endMs };
}

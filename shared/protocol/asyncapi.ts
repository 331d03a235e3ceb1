/** The socket's requests and events as an AsyncAPI 3.0 document, told from the server's side: it receives requests and sends events. */
import type { z } from "zod";
import { type EventName, events, type RequestName, requests } from "./index.ts";
import { type JsonSchema, jsonSchemas } from "./json-schema.ts";
import { limits } from "./limits.ts";

/** Keys of the format hold no colon. */
const keyOf = (kind: "requests" | "acks" | "events", name: string) => `${kind}.${name.replace(":", ".")}`;
const ref = (...path: string[]) => ({ $ref: `#/${path.join("/")}` });
const channel = ref("channels", "guest");
const inChannel = (key: string) => ref("channels", "guest", "messages", key);
const component = (key: string) => ref("components", "messages", key);

const token = ref("components", "securitySchemes", "token");

const HANDSHAKE = "requests.handshake";
const REFUSED = "acks.handshake";

/** @param socketUrl where guests are told to connect to */
export function asyncApi(version: string, socketUrl: string) {
  const schemas = jsonSchemas("draft-07");
  const { host, pathname, protocol } = new URL(socketUrl);
  const messages: Record<string, { name: string; summary?: string; payload: JsonSchema }> = {
    [HANDSHAKE]: {
      name: "handshake",
      summary: "`auth` of Socket.IO's CONNECT. Answered by session:welcome, or refused",
      payload: ref("components", "schemas", "Handshake"),
    },
    [REFUSED]: {
      name: "connect_error",
      summary: "`err.data` of the refusal",
      payload: ref("components", "schemas", "ErrorBody"),
    },
  };
  const operations: Record<string, object> = {
    handshake: {
      action: "receive",
      channel,
      security: [token],
      messages: [inChannel(HANDSHAKE)],
      reply: { channel, messages: [inChannel("events.session.welcome"), inChannel(REFUSED)] },
    },
  };

  for (const name of Object.keys(requests) as RequestName[]) {
    const { payload, answer, weight } = requests[name];
    const [asked, acked] = [keyOf("requests", name), keyOf("acks", name)];
    messages[asked] = { name, payload: schemas.input(payload) };
    const ok: JsonSchema = {
      type: "object",
      properties: { ok: { const: true }, data: schemas.output(answer as z.ZodType) },
      required: ["ok", "data"],
      additionalProperties: false,
    };
    messages[acked] = { name: `${name} (ack)`, payload: { oneOf: [ok, ref("components", "schemas", "Refused")] } };
    operations[asked] = {
      action: "receive",
      channel,
      security: [token],
      summary: `Counts ${weight} against the limit of events a minute`,
      messages: [inChannel(asked)],
      reply: { channel, messages: [inChannel(acked)] },
    };
  }
  for (const name of Object.keys(events) as EventName[]) {
    const key = keyOf("events", name);
    messages[key] = { name, payload: schemas.output(events[name]) };
    operations[key] = { action: "send", channel, security: [token], messages: [inChannel(key)] };
  }

  return {
    asyncapi: "3.0.0",
    info: {
      title: "Passerby",
      version,
      description:
        "The socket half of wire contract 1, over Socket.IO (protocol 5), namespace `/`. Each request is acked within " +
        `${limits.ackTimeoutMs / 1000} s; no event is. A frame is ${limits.frameBytes / 1024} KiB at most.`,
      license: { name: "MIT", url: "https://opensource.org/license/mit" },
    },
    defaultContentType: "application/json",
    servers: {
      sockets: {
        host,
        ...(pathname !== "/" && { pathname }),
        protocol: /^(https|wss):$/.test(protocol) ? "wss" : "ws",
        security: [token],
        description: "Another may be named in the answer of POST /api/guest: use that",
      },
    },
    channels: {
      guest: {
        address: "/",
        title: "One guest's connection",
        servers: [ref("servers", "sockets")],
        messages: Object.fromEntries(Object.keys(messages).map((key) => [key, component(key)])),
        bindings: { ws: { method: "GET" } },
      },
    },
    operations,
    components: {
      securitySchemes: {
        token: { type: "apiKey", in: "user", description: "`auth.token` of the handshake, from POST /api/guest" },
      },
      messages,
      schemas: {
        ...schemas.used(messages),
        Refused: {
          type: "object",
          properties: { ok: { const: false }, error: ref("components", "schemas", "ErrorBody") },
          required: ["ok", "error"],
          additionalProperties: false,
        },
      },
    },
  };
}

/** An event as it goes over the wire, encoded once for all who are told: Socket.IO 5 in Engine.IO 4 in a websocket frame (RFC 6455). */
import type { Ack, EventName } from "../shared/protocol/index.ts";

export interface Encoded {
  /** For a transport that makes its frames itself (polling). */
  packet: string;
  /** What engine.io's `write` takes beside it. */
  options: { compress: false; wsPreEncodedFrame: Buffer[] };
}

const TEXT_FINAL = 0x81;

function toFrame(text: string): Buffer {
  const size = Buffer.byteLength(text);
  const head = size < 126 ? 2 : size < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + size);
  frame[0] = TEXT_FINAL;
  if (head === 2) {
    frame[1] = size;
  } else if (head === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(size, 2);
  } else {
    frame[1] = 127;
    frame.writeUIntBE(0, 2, 2);
    frame.writeUIntBE(size, 4, 6);
  }
  frame.write(text, head);
  return frame;
}

/** @param payload as JSON */
export const encode = (event: EventName, payload: string): Encoded => framed(`2["${event}",${payload}]`);

/** What a request is answered with, where it is at hand as JSON. */
export class Json {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** @param id of the request's packet */
export function encodeAck(id: number, answer: Ack<unknown>): Encoded {
  const data = answer.ok ? answer.data : undefined;
  const json = data instanceof Json ? `{"ok":true,"data":${data.text}}` : JSON.stringify(answer);
  return framed(`3${id}[${json}]`);
}

function framed(packet: string): Encoded {
  return { packet, options: { compress: false, wsPreEncodedFrame: [toFrame(`4${packet}`)] } };
}

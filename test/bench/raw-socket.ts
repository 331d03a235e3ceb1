/** A websocket client (RFC 6455) of a few lines: what a load generator saves itself, the measured have of the machine. */
import { connect } from "node:net";

export interface RawSocket {
  send(text: string): void;
  destroy(): void;
}

const TEXT = 1;

/** As a client must: masked, here with a key of zeros, which changes nothing. */
function frameOf(text: string): Buffer {
  const size = Buffer.byteLength(text);
  const head = size < 126 ? 2 : 4;
  const frame = Buffer.alloc(head + 4 + size);
  frame[0] = 0x80 | TEXT;
  frame[1] = 0x80 | (head === 2 ? size : 126);
  if (head === 4) frame.writeUInt16BE(size, 2);
  frame.write(text, head + 4);
  return frame;
}

/** As a server sends them: whole, unmasked. @returns text frames of `bytes`, and how many bytes they and others took */
function framesOf(bytes: Buffer): { texts: string[]; taken: number } {
  const texts: string[] = [];
  let at = 0;
  while (bytes.length >= at + 2) {
    const short = bytes[at + 1]!;
    const head = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (bytes.length < at + head) break;
    const size = head === 2 ? short : head === 4 ? bytes.readUInt16BE(at + 2) : bytes.readUIntBE(at + 4, 6);
    const end = at + head + size;
    if (bytes.length < end) break;
    if ((bytes[at]! & 15) === TEXT) texts.push(bytes.toString("utf8", at + head, end));
    at = end;
  }
  return { texts, taken: at };
}

/** @param onEnd with why, where it was not `destroy()` that ended it */
export function openRaw(
  port: number,
  path: string,
  onText: (text: string) => void,
  onEnd: (error: Error) => void,
): RawSocket {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let rest = Buffer.alloc(0);
  let upgraded = false;
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
  );
  socket.on("data", (chunk) => {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    if (!upgraded) {
      const end = rest.indexOf("\r\n\r\n");
      if (end < 0) return;
      const status = rest.toString("latin1", 0, 12);
      if (status !== "HTTP/1.1 101") {
        socket.destroy(new Error(`no websocket: ${status}`));
        return;
      }
      upgraded = true;
      rest = rest.subarray(end + 4);
    }
    const { texts, taken } = framesOf(rest);
    rest = rest.subarray(taken);
    for (const text of texts) onText(text);
  });
  socket.on("error", onEnd);
  socket.on("close", () => onEnd(new Error("closed before it was connected")));
  return { send: (text) => socket.write(frameOf(text)), destroy: () => socket.destroy() };
}

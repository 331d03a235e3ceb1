/** A client that does not read is cut off, not buffered without end (A3). */
import type { Socket as Engine } from "engine.io";
import { limits } from "../shared/protocol/limits.ts";

interface Packet {
  data?: string;
  options: { wsPreEncodedFrame?: Buffer[] };
}

/** What engine.io keeps of an unread connection; private in its types. */
interface Unread {
  writeBuffer: unknown[];
  /** Ours: of what is in `writeBuffer`. */
  waitingBytes: number;
  transport: { socket?: { bufferedAmount?: number; terminate?(): void } };
  close(discard: boolean): void;
}

function bytesOf({ data = "", options }: Packet): number {
  const frame = options.wsPreEncodedFrame;
  return frame ? frame.reduce((sum, part) => sum + part.length, 0) : Buffer.byteLength(data);
}

/** On each packet queued for it. One function for all sockets. */
function onPacket(this: Unread, packet: Packet): void {
  const waiting = this.writeBuffer.length;
  this.waitingBytes = bytesOf(packet) + (waiting === 0 ? 0 : this.waitingBytes);
  if (waiting === 0) return;
  const { socket } = this.transport;
  const bytes = (socket?.bufferedAmount ?? 0) + this.waitingBytes;
  if (waiting < limits.unreadPackets && bytes < limits.unreadBytes) return;
  this.close(true); // discards what waits; the client pulls what it missed when it comes back
  socket?.terminate?.(); // or what has been written waits half a minute for a goodbye that nobody reads
}

export const cutSlowReader = (engine: Engine): void => {
  engine.on("packetCreate", onPacket);
};

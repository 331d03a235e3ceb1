/** A client that does not read is cut off, not buffered without end (A3). */
import type { Socket as Engine } from "engine.io";
import { limits } from "../shared/protocol/limits.ts";

interface Packet {
  data?: string;
  options: { wsPreEncodedFrame?: Buffer[] };
}

/** What engine.io keeps of an unread connection; private in its types. */
interface Unread {
  writeBuffer: Packet[];
  transport: { socket?: { bufferedAmount?: number; terminate?(): void } };
  close(discard: boolean): void;
}

function bytesOf({ data = "", options }: Packet): number {
  const frame = options.wsPreEncodedFrame;
  return frame ? frame.reduce((sum, part) => sum + part.length, 0) : Buffer.byteLength(data);
}

/** Of those with something in `writeBuffer`: how much. Nothing is kept for a connection that keeps up. */
const waitingBytes = new WeakMap<Unread, number>();

/** On each packet queued for it. One function for all sockets. */
function onPacket(this: Unread, packet: Packet): void {
  const { writeBuffer } = this;
  const waiting = writeBuffer.length;
  if (waiting === 0) return void waitingBytes.delete(this);
  const before = waitingBytes.get(this) ?? writeBuffer.reduce((sum, one) => sum + bytesOf(one), 0);
  const mine = before + bytesOf(packet);
  waitingBytes.set(this, mine);
  const { socket } = this.transport;
  const bytes = (socket?.bufferedAmount ?? 0) + mine;
  if (waiting < limits.unreadPackets && bytes < limits.unreadBytes) return;
  this.close(true); // discards what waits; the client pulls what it missed when it comes back
  socket?.terminate?.(); // or what has been written waits half a minute for a goodbye that nobody reads
}

export const cutSlowReader = (engine: Engine): void => {
  engine.on("packetCreate", onPacket);
};

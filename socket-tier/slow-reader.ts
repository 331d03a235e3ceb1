/** A client that does not read is cut off, not buffered without end (A3). */
import type { Socket as Engine } from "engine.io";
import { limits } from "../shared/protocol/limits.ts";

/** What engine.io keeps of an unread connection; private in its types. */
interface Unread {
  writeBuffer: unknown[];
  transport: { socket?: { bufferedAmount?: number } };
  close(discard: boolean): void;
}

/** On each packet queued for it. One function for all sockets. */
function onPacket(this: Unread): void {
  const waiting = this.writeBuffer.length;
  if (waiting === 0) return;
  const bytes = this.transport.socket?.bufferedAmount ?? 0;
  if (waiting < limits.unreadPackets && bytes < limits.unreadBytes) return;
  this.close(true); // discards what waits; the client pulls what it missed when it comes back
}

export const cutSlowReader = (engine: Engine): void => {
  engine.on("packetCreate", onPacket);
};

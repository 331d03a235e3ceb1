/** Lets go of what only the handshake needed; the request with its headers is a sixth of an idle connection (`npm run bench -- idle`). */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { GuestSocket } from "./context.ts";

/** In place of every request: Socket.IO looks at it again where a client sends CONNECT a second time. */
const gone = Object.freeze({ headers: {}, connection: {}, url: "", _query: {} }) as unknown as IncomingMessage;
const spent = { headers: {}, auth: {}, query: {} };

/** For `allowRequest`: the response that engine.io makes up for an upgrade holds the request until the connection closes. */
export function dropUpgradeResponse({ headers, socket }: IncomingMessage): void {
  const last = socket.rawListeners("close").at(-1); // added just before
  if (headers.upgrade && last) socket.off("close", last as () => void);
}

/** Call once the guest is known. */
export function dropRequest(socket: GuestSocket): void {
  socket.conn.request = gone;
  Object.assign(socket.handshake, spent);
}

let held: Socket[] = [];

/** What the handshake writes (the upgrade, then Engine.IO's first packet) leaves in one write to the kernel, when the turn ends. */
export function holdForTurn({ headers, socket }: IncomingMessage): void {
  if (!headers.upgrade) return;
  socket.cork();
  if (held.push(socket) > 1) return;
  setImmediate(() => {
    const all = held;
    held = [];
    for (const one of all) one.uncork();
  });
}

/** CONNECT and the welcome of who has nothing to catch up with, in the same tick, are one write too. @returns lets go of it */
export function holdForTick({ socket }: IncomingMessage): () => void {
  socket.cork();
  return () => socket.uncork();
}

/** Engine.IO holds back what comes after a packet until that is written; a websocket keeps their order by itself. */
export function goOnWriting({ conn }: GuestSocket): void {
  if (conn.transport.name === "websocket") conn.transport.writable = true;
}

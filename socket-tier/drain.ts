/** Start and stop are one design: a node that is asked to stop moves its guests to others, and then lets go of what it holds. */
import { setTimeout as sleep } from "node:timers/promises";
import type { NodeContext } from "./context.ts";

/** The share of SHUTDOWN_MS over which sockets are closed; the rest is for leases and Redis. */
const SPREAD = 0.4;
const STEPS = 20;
/** For what was written last to leave: each guest who came in is refused, each lease said off. */
const LAST_WORDS_MS = 50;

/** Unready, no more joins, every guest told when to come back, transports closed evenly, who was coming in refused, leases dropped. */
export async function drain(ctx: NodeContext, stopListening: () => void): Promise<void> {
  const { io, config, logger } = ctx;
  ctx.state = "draining";
  stopListening();
  const sockets = [...io.of("/").sockets.values()];
  const isIdle = sockets.length + ctx.guests.arriving === 0;
  const spreadMs = sockets.length === 0 ? 0 : config.shutdownMs * SPREAD;
  logger.info({ sockets: sockets.length }, "draining");
  for (const socket of sockets) {
    socket.emit("server:draining", { reconnectInMs: Math.floor(Math.random() * spreadMs) });
  }
  const steps = Math.min(STEPS, sockets.length);
  for (let step = 0; step < steps; step++) {
    await sleep(spreadMs / steps);
    // Never socket.disconnect(): the client would take it as the server's wish and stay away.
    for (let i = step; i < sockets.length; i += steps) sockets[i]!.conn.close();
  }
  while (ctx.guests.arriving > 0) await sleep(10); // Redis answers each, or their command's deadline does
  if (!isIdle) await sleep(LAST_WORDS_MS);
}

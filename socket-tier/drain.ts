/** Start and stop are one design: a node that is asked to stop moves its guests to others and is gone within SHUTDOWN_MS. */
import type { Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { NodeContext } from "./context.ts";

/** Shares of SHUTDOWN_MS: sockets are closed over the first, the rest is for leases and Redis. */
const SPREAD = 0.4;

/** @returns stops the node once, however often it is asked */
export function createDrain(
  ctx: NodeContext,
  http: Server,
  release: () => Promise<void>,
): (exitCode: number) => Promise<void> {
  let running: Promise<void> | undefined;

  async function drain(exitCode: number): Promise<void> {
    const { io, config, logger } = ctx;
    ctx.state = "draining";
    setTimeout(() => process.exit(exitCode || 1), config.shutdownMs).unref();
    http.close();
    const sockets = [...io.of("/").sockets.values()];
    const spreadMs = config.shutdownMs * SPREAD;
    logger.info({ sockets: sockets.length }, "draining");
    for (const socket of sockets)
      socket.emit("server:draining", { reconnectInMs: Math.floor(Math.random() * spreadMs) });
    const steps = Math.min(20, sockets.length);
    for (let step = 0; step < steps; step++) {
      await sleep(spreadMs / steps);
      // Never socket.disconnect(): the client would take it as the server's wish and stay away.
      for (let i = step; i < sockets.length; i += steps) sockets[i]!.conn.close();
    }
    await sleep(50); // the last closes still say their leases off
    await release().catch((error: unknown) => logger.warn({ err: error }, "release failed"));
    process.exit(exitCode);
  }

  return (exitCode) => (running ??= drain(exitCode));
}

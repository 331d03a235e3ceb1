/** A worker process: one node, signals, and the last resort. */
import type { Config } from "../shared/config.ts";
import type { Logger } from "../shared/logger.ts";
import { startNode } from "./node.ts";

/** What the primary takes as "this does not heal by itself". */
export const HOPELESS = 2;

export async function startWorker(config: Config, logger: Logger): Promise<void> {
  // The primary kills a node that it does not hear of.
  setInterval(() => process.send?.("beat", undefined, {}, () => {}), 1_000).unref();
  const starting = startNode(config, logger);

  let leaving = false;
  function leave(exitCode: number): void {
    if (leaving) return;
    leaving = true;
    setTimeout(() => process.exit(exitCode || 1), config.shutdownMs).unref();
    starting
      .then((node) => node.stop())
      .catch((error: unknown) => logger.error({ err: error }, "stop failed"))
      .finally(() => process.exit(exitCode));
  }
  const fatal = (error: unknown) => {
    logger.fatal({ err: error }, "a fault of ours: draining");
    leave(1);
  };
  process.on("SIGTERM", () => leave(0));
  process.on("SIGINT", () => leave(0));
  process.on("disconnect", () => leave(0)); // the primary died
  process.on("uncaughtException", fatal);
  process.on("unhandledRejection", fatal);

  try {
    const node = await starting;
    logger.info({ nodeId: node.id, port: node.port }, "node ready");
  } catch (error) {
    process.stderr.write(`the socket tier cannot listen on port ${config.socketPort}: ${String(error)}\n`);
    process.exit(HOPELESS);
  }
}

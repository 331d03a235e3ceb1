/** A worker process: one node, signals, and the last resort. */
import cluster from "node:cluster";
import type { Config } from "../shared/config.ts";
import type { Logger } from "../shared/logger.ts";
import { startNode } from "./node.ts";
import type { FiguresSaid } from "./scrape.ts";

/** What a node tells its primary: each second that its event loop turns, once that it serves, or why it never will; its figures. */
export type Said = "beat" | "serving" | { hopeless: string } | FiguresSaid;
/** Exit code that the primary takes as "this does not heal by itself". */
export const HOPELESS = 2;

const say = (said: Said, then = () => {}) => process.send?.(said, undefined, {}, then);

export async function startWorker(config: Config, logger: Logger): Promise<void> {
  // The primary kills a node that it does not hear of.
  setInterval(() => say("beat"), 1_000).unref();
  const leaving = new AbortController();
  const starting = startNode(config, logger, leaving.signal);

  function leave(exitCode: number): void {
    if (leaving.signal.aborted) return;
    leaving.abort();
    const fail = (fields: object, why: string) => {
      logger.error(fields, why);
      process.exit(exitCode || 1);
    };
    setTimeout(() => fail({ shutdownMs: config.shutdownMs }, "stop cut short"), config.shutdownMs).unref();
    starting
      .then((node) => node.stop())
      .then(
        () => process.exit(exitCode),
        (error: unknown) => fail({ err: error }, "stop failed"),
      );
  }
  const fatal = (error: unknown) => {
    logger.fatal({ err: error }, "a fault of ours: draining");
    leave(1);
  };
  process.on("SIGTERM", () => leave(0));
  process.on("SIGINT", () => leave(0));
  cluster.worker?.on("disconnect", () => {
    cluster.worker!.exitedAfterDisconnect = true; // or Node ends this process at once, guests and all
    leave(0); // the primary died
  });
  process.on("uncaughtException", fatal);
  process.on("unhandledRejection", fatal);

  try {
    const node = await starting;
    say("serving");
    logger.info({ nodeId: node.id, port: node.port }, "node ready");
  } catch (error) {
    const hopeless = `the socket tier cannot listen on port ${config.socketPort}: ${String(error)}`;
    say({ hopeless }, () => process.exit(HOPELESS)); // the primary writes it, once for all its nodes
  }
}

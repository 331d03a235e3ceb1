/** Entry of the socket tier: the primary forks nodes, each node is a worker. */
import cluster from "node:cluster";
import { ConfigError, loadConfig } from "../shared/config.ts";
import { createLogger } from "../shared/logger.ts";

try {
  const config = loadConfig();
  const logger = createLogger(config.logLevel, { process: cluster.isPrimary ? "primary" : "node" });
  if (cluster.isPrimary) {
    const { startPrimary } = await import("./primary.ts");
    startPrimary(config, logger);
  } else {
    const { startWorker } = await import("./worker.ts");
    await startWorker(config, logger);
  }
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(2);
}

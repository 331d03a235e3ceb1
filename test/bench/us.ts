/** One of our nodes as a process without its primary, as each peer is one process. */
import { loadConfig } from "../../shared/config.ts";
import { createLogger } from "../../shared/logger.ts";
import { startWorker } from "../../socket-tier/worker.ts";

const config = loadConfig();
await startWorker(config, createLogger(config.logLevel));
process.send?.("ready");
process.on("disconnect", () => process.exit(0));

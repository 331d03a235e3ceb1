import { loadConfig } from "../../shared/config.ts";
import { createLogger } from "../../shared/logger.ts";
import { createHttpApp } from "../app.ts";
import { compressed } from "../compressed.ts";
import { docs } from "../docs.ts";
import { lambda } from "../lambda.ts";

const config = loadConfig(undefined, { keys: false });
export const handler = lambda(createHttpApp({ config, logger: createLogger(config.logLevel) }, [compressed, docs]));

import { loadConfig } from "../../shared/config.ts";
import { openStorage } from "../../shared/storage/index.ts";
import { createHttpApp } from "../app.ts";
import { createContext } from "../context.ts";
import { lambda } from "../lambda.ts";
import { uploads } from "../uploads.ts";

const config = loadConfig();
const ctx = Object.assign(createContext(config), { objects: await openStorage(config) });
export const handler = lambda(createHttpApp(ctx, [uploads]), ctx);

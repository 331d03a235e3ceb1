import { loadConfig } from "../../shared/config.ts";
import { openStorage } from "../../shared/storage/index.ts";
import { createHttpApp } from "../app.ts";
import { cellular } from "../cells.ts";
import { createContext } from "../context.ts";
import { lambda } from "../lambda.ts";
import { uploads } from "../uploads.ts";

export const handler = await cellular(loadConfig(), async (config) => {
  const ctx = Object.assign(createContext(config), { objects: await openStorage(config) });
  return lambda(createHttpApp(ctx, [uploads]), ctx);
});

import { loadConfig } from "../../shared/config.ts";
import { api } from "../api.ts";
import { createHttpApp } from "../app.ts";
import { cellular } from "../cells.ts";
import { compressed } from "../compressed.ts";
import { createContext } from "../context.ts";
import { lambda } from "../lambda.ts";

export const handler = await cellular(loadConfig(), (config) => {
  const ctx = createContext(config);
  return lambda(createHttpApp(ctx, [compressed, ...api]), ctx);
});

import { loadConfig } from "../../shared/config.ts";
import { createHttpApp } from "../app.ts";
import { cellular } from "../cells.ts";
import { createContext } from "../context.ts";
import { lambda } from "../lambda.ts";
import { ready } from "../ready.ts";
import { stats } from "../stats.ts";

export const handler = await cellular(loadConfig(), (config) => {
  const ctx = createContext(config);
  return lambda(createHttpApp(ctx, [ready, stats]), ctx);
});

import { loadConfig } from "../../shared/config.ts";
import { createHttpApp } from "../app.ts";
import { cellular } from "../cells.ts";
import { lambda } from "../lambda.ts";
import { ready } from "../ready.ts";
import { createStatsContext } from "../stats-context.ts";
import { stats } from "../stats.ts";

export const handler = await cellular(loadConfig(), (config) => {
  const ctx = createStatsContext(config);
  return lambda(createHttpApp(ctx, [ready, stats]), ctx);
});

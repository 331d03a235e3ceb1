/** The HTTP half as a container runs it: functions behind the gateway, page, schedule. Redis and the socket tier are elsewhere. */
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { routeTable } from "../functions/routes.ts";
import { ConfigError, loadConfig } from "../shared/config.ts";
import { scheduleCleanup } from "./cleanup.ts";
import { startGateway, type LoadHandler } from "./gateway.ts";
import { run } from "./lifecycle.ts";
import { servePage } from "./page.ts";

/** Beside this file, as the bundle has them. */
const besides = (name: string) => new URL(name, import.meta.url);
const load: LoadHandler = async (module) => {
  const { handler } = (await import(besides(`functions/${basename(module)}.mjs`).href)) as {
    handler: Awaited<ReturnType<LoadHandler>>;
  };
  return handler;
};

await run(5_000, async ({ own }) => {
  const config = loadConfig();
  if (config.production && config.corsOrigins.length === 0)
    throw new ConfigError("CORS_ORIGINS is needed; for example CORS_ORIGINS=https://chat.example.com");
  const fallback = servePage(config, fileURLToPath(besides("page")));
  const gateway = await own(
    startGateway({ routes: routeTable, port: config.httpPort, host: "0.0.0.0", load, fallback }),
  );
  await own(scheduleCleanup(config.cleanupEveryMs));
  console.log(`Passerby's page and API: ${gateway.url}`);
});

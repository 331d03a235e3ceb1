/** The whole of Passerby on one machine: Redis, the functions behind a gateway, the page, the socket tier. */
import { routeTable } from "../functions/routes.ts";
import { scheduleCleanup } from "./cleanup.ts";
import { startGateway } from "./gateway.ts";
import { run } from "./lifecycle.ts";
import { buildPage, servePage } from "./page.ts";
import { startRedis } from "./redis.ts";
import { settle } from "./settings.ts";
import { startSocketTier } from "./socket-tier.ts";
import { offerTurn } from "./turn.ts";

const { env } = process;

await run(5_000, async ({ own, endsWith }) => {
  const config = await settle(env);
  const redis = await own(startRedis({ url: env["REDIS_URL"], dir: ".data/redis", durable: true }));
  env["REDIS_URL"] = redis.url;

  const turn = await own(offerTurn(env));

  const page = await own(buildPage());
  const fallback = servePage(config, page.dir);
  const gateway = await own(startGateway({ routes: routeTable, port: config.httpPort, fallback }));

  // The tier drains first, within what is left of the time after the others have had theirs.
  const drainMs = Math.min(config.shutdownMs, 4_000);
  const socketEnv = { ...env, SHUTDOWN_MS: String(drainMs) };
  const sockets = await own(startSocketTier(config.socketPort, socketEnv, drainMs + 200));
  await sockets.ready;
  await own(scheduleCleanup(config.cleanupEveryMs));

  endsWith(redis.died);
  endsWith(sockets.died);
  console.log(`
  Passerby is running
    page and API  ${gateway.url}
    sockets       http://localhost:${config.socketPort}  (${config.workers} nodes)
    Redis         ${redis.url}
    calls         ${turn.way}

  Ctrl-C stops it.
`);
});

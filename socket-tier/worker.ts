/** A node, from start to stop. */
import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-streams-adapter";
import { Server } from "socket.io";
import type { Config } from "../shared/config.ts";
import type { Logger } from "../shared/logger.ts";
import { randomText } from "../shared/protocol/ids.ts";
import { limits } from "../shared/protocol/limits.ts";
import { connectRedis } from "../shared/redis.ts";
import { createStores } from "../shared/stores/index.ts";
import { createLimit } from "../shared/stores/limits.ts";
import { eventWindowMs } from "../shared/stores/nodes.ts";
import { createTokens } from "../shared/tokens.ts";
import { calls } from "./calls.ts";
import { authenticate, open } from "./connection.ts";
import type { NodeContext, NodeServer } from "./context.ts";
import { createDrain } from "./drain.ts";
import { FanOut } from "./fan-out.ts";
import { Guests } from "./guests.ts";
import { healthListener } from "./health.ts";
import { readInbox } from "./inbox.ts";
import { matching, matchingInbox } from "./matching.ts";
import { messages, messagesInbox } from "./messages.ts";
import { listen, pointsPerEvent } from "./on.ts";
import { allowRequest } from "./origin.ts";
import { presence, presenceInbox, startBeats } from "./presence.ts";
import { reports } from "./reports.ts";
import { rooms } from "./rooms.ts";
import { warmUp } from "./warm-up.ts";

/** Starts a node and returns once it is ready. */
export async function startWorker(config: Config, logger: Logger): Promise<void> {
  const [storesRedis, limiterRedis, adapterRedis, inboxRedis] = (
    ["stores", "limiter", "adapter", "inbox"] as const
  ).map((purpose) => connectRedis(config.redisUrl, purpose, logger)) as [
    ReturnType<typeof connectRedis>,
    ReturnType<typeof connectRedis>,
    ReturnType<typeof connectRedis>,
    ReturnType<typeof connectRedis>,
  ];

  const http = createServer();
  const io: NodeServer = new Server(http, {
    transports: config.socketPolling ? ["polling", "websocket"] : ["websocket"],
    adapter: createAdapter(adapterRedis, { onlyPlaintext: true }),
    allowRequest: allowRequest({ config, logger }),
    cors: { origin: config.corsOrigins === "any" ? true : config.corsOrigins },
    serveClient: false,
    maxHttpBufferSize: limits.frameBytes,
    connectTimeout: limits.connectTimeoutMs,
    pingInterval: limits.pingIntervalMs,
    pingTimeout: limits.pingTimeoutMs,
  });
  const ctx: NodeContext = {
    config,
    logger,
    io,
    nodeId: `node_${randomText(16)}`,
    stores: createStores({ redis: storesRedis, config }),
    tokens: createTokens(config.secrets.jwtKeys),
    guests: new Guests(),
    fanOut: new FanOut(io),
    eventLimit: createLimit(limiterRedis, "events", config.eventsPerMinute * pointsPerEvent, eventWindowMs),
    state: "starting",
    limited: 0,
  };
  http.on("request", healthListener(ctx));

  const heed = listen(ctx, {
    ...presence(ctx),
    ...matching(ctx),
    ...rooms(ctx),
    ...messages(ctx),
    ...calls(),
    ...reports(ctx),
  });
  io.use((socket, next) => void authenticate(ctx)(socket, next));
  io.on("connection", (socket) => open(ctx, heed, socket));

  const stopInbox = readInbox(ctx, inboxRedis, { ...presenceInbox(ctx), ...matchingInbox(ctx), ...messagesInbox(ctx) });
  const stopBeats = startBeats(ctx, storesRedis);
  const drain = createDrain(ctx, http, async () => {
    stopBeats();
    stopInbox();
    await ctx.stores.nodes.leave(ctx.nodeId);
    for (const redis of [storesRedis, limiterRedis, adapterRedis]) redis.disconnect();
  });
  obeySignals(drain, logger);
  beatToPrimary();

  await new Promise<void>((resolve, reject) => {
    http.once("error", reject);
    http.listen({ port: config.socketPort, backlog: 4096 }, resolve);
  }).catch((error: unknown) => {
    logger.fatal({ err: error }, "cannot listen");
    process.exit(2);
  });
  await warmUp(io);
  if (ctx.state === "starting") ctx.state = "ready";
  logger.info({ nodeId: ctx.nodeId, port: config.socketPort }, "node ready");
}

function obeySignals(drain: (exitCode: number) => Promise<void>, logger: Logger): void {
  process.on("SIGTERM", () => void drain(0));
  process.on("SIGINT", () => void drain(0));
  process.on("disconnect", () => void drain(0)); // the primary died
  const fatal = (error: unknown) => {
    logger.fatal({ err: error }, "a fault of ours: draining");
    void drain(1);
  };
  process.on("uncaughtException", fatal);
  process.on("unhandledRejection", fatal);
}

/** The primary kills a node that it does not hear of. */
function beatToPrimary(): void {
  setInterval(() => process.send?.("beat", undefined, {}, () => {}), 1_000).unref();
}

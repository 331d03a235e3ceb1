/** A node: Socket.IO, its Redis clients, the capabilities, the clockwork. Several may run in one process, as tests do. */
import cluster from "node:cluster";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdapter } from "@socket.io/redis-streams-adapter";
import { setupWorker } from "@socket.io/sticky";
import type { Socket as Engine } from "engine.io";
import type { Redis } from "ioredis";
import { Server } from "socket.io";
import type { Config } from "../shared/config.ts";
import type { Logger } from "../shared/logger.ts";
import { randomText } from "../shared/protocol/ids.ts";
import { limits } from "../shared/protocol/limits.ts";
import { connectRedis, type RedisPurpose } from "../shared/redis.ts";
import { createStores } from "../shared/stores/index.ts";
import { createLimit, eventWindowMs, pointsPerEvent } from "../shared/stores/limits.ts";
import { createTokens } from "../shared/tokens.ts";
import { createIceServers } from "../shared/turn.ts";
import { Admission } from "./admission.ts";
import { authenticate } from "./arrival.ts";
import { bansInbox } from "./bans.ts";
import { startBeats } from "./beats.ts";
import { calls, callsInbox } from "./calls.ts";
import { open } from "./connection.ts";
import type { NodeContext, NodeServer } from "./context.ts";
import { Crowd } from "./crowd.ts";
import { listenAtDoor, patience } from "./door.ts";
import { drain } from "./drain.ts";
import { FanOut } from "./fan-out.ts";
import { Guests } from "./guests.ts";
import { dropUpgradeResponse, holdForTurn } from "./handshaken.ts";
import { healthListener } from "./health.ts";
import { readInbox } from "./inbox.ts";
import { matching, matchingInbox } from "./matching.ts";
import { messages, messagesInbox } from "./messages.ts";
import { listen } from "./on.ts";
import { Metrics } from "./metrics.ts";
import { presence, presenceInbox } from "./presence.ts";
import { guardPublishing, subscribing } from "./publish.ts";
import { reports } from "./reports.ts";
import { rooms, roomsInbox } from "./rooms.ts";
import { tellPrimary } from "./scrape.ts";
import { cutSlowReader } from "./slow-reader.ts";
import { startSweep } from "./sweep.ts";
import { startTracing } from "./tracing.ts";
import { warmUp } from "./warm-up.ts";

export interface Node {
  id: string;
  port: number;
  context: NodeContext;
  /** Moves the guests away and lets go of everything; once, however often it is asked. */
  stop: () => Promise<void>;
}

const LINK_MS = 2_000;

/** Engine.IO's connections; the list is private in its types. */
const engines = (io: NodeServer) =>
  (io.engine as unknown as { clients: Record<string, { transport: { socket?: { terminate?(): void } } }> }).clients;

/** Whoever came in before could only be refused. Where Redis is away the node listens all the same, and says that it lives. */
async function linked(redis: Redis, hurry: AbortSignal = new AbortController().signal): Promise<void> {
  const signal = AbortSignal.any([hurry, AbortSignal.timeout(LINK_MS)]);
  if (redis.status !== "ready") await once(redis, "ready", { signal }).catch(() => {});
}

/**
 * Starts a node; returns once it listens and is warm. Rejects where the port is taken.
 * @param hurry ends a start that waits for Redis: the node returned is for stopping
 */
export async function startNode(config: Config, logger: Logger, hurry?: AbortSignal): Promise<Node> {
  const nodeId = `node_${randomText(16)}`;
  const metrics = new Metrics();
  const connect = (purpose: RedisPurpose) =>
    connectRedis(config.redisUrl, purpose, logger, () => metrics.redisFailed(purpose));
  const redis = {
    stores: connect("stores"),
    limiter: connect("limiter"),
    adapter: connect("adapter"),
    inbox: connect("inbox"),
  };

  const admission = new Admission(config, logger);
  const http = createServer(patience);
  const io: NodeServer = new Server(http, {
    transports: config.socketPolling ? ["polling", "websocket"] : ["websocket"],
    adapter: createAdapter(subscribing(redis.adapter), { onlyPlaintext: true }),
    allowRequest(request, decide) {
      dropUpgradeResponse(request);
      admission.allowRequest(request, (refusal, ok) => {
        if (ok) holdForTurn(request); // a refused connection is destroyed before the turn ends
        decide(refusal, ok);
      });
    },
    // For polling alone: a websocket has no such headers, and they cost each handshake a turn.
    ...(config.socketPolling && { cors: { origin: config.corsOrigins === "any" ? true : config.corsOrigins } }),
    serveClient: false,
    maxHttpBufferSize: limits.frameBytes,
    connectTimeout: limits.connectTimeoutMs,
    pingInterval: limits.pingIntervalMs,
    pingTimeout: limits.pingTimeoutMs,
  });
  const guests = new Guests();
  const fanOut = new FanOut(io, guests);
  const context: NodeContext = {
    config,
    logger,
    io,
    admission,
    publishing: guardPublishing(io, redis.adapter, logger),
    metrics,
    nodeId,
    tracing: await startTracing(config, nodeId),
    stores: createStores({ redis: redis.stores, config }),
    tokens: createTokens(config.secrets.jwtKeys),
    iceServers: createIceServers(config),
    guests,
    fanOut,
    crowd: new Crowd(fanOut),
    eventLimit: createLimit(redis.limiter, "events", config.eventsPerMinute * pointsPerEvent, eventWindowMs),
    state: "starting",
    limited: 0,
  };
  metrics.watch(context);
  http.on("request", healthListener(context));

  const heed = listen(context, {
    ...presence(context),
    ...matching(context),
    ...rooms(context),
    ...messages(context),
    ...calls(context),
    ...reports(context),
  });
  io.engine.on("connection", (engine: Engine) => {
    engine.once("close", admission.opened(engine.request));
    cutSlowReader(engine);
  });
  io.use((socket, next) => void authenticate(context)(socket, next));
  io.on("connection", (socket) => open(context, heed, socket));

  const inboxHandlers = {
    ...presenceInbox(context),
    ...matchingInbox(context),
    ...roomsInbox(context),
    ...messagesInbox(context),
    ...callsInbox(context),
    ...bansInbox(context),
  };
  const stopInbox = readInbox(context, redis.inbox, inboxHandlers);
  const stopBeats = startBeats(context, redis.stores);
  const stopSweep = startSweep(context);
  const stopTelling = tellPrimary(context);

  let stopListening = (): void => void http.close();

  async function stop(): Promise<void> {
    await drain(context, stopListening);
    stopBeats();
    stopSweep();
    stopTelling();
    stopInbox();
    await context.stores.nodes
      .leave(context.nodeId)
      .catch((error: unknown) => logger.warn({ err: error }, "leases left to lapse"));
    admission.stop();
    // A peer that does not answer the close frame would hold us for half a minute.
    for (const engine of Object.values(engines(io))) engine.transport.socket?.terminate?.();
    await io.close();
    for (const client of Object.values(redis)) client.disconnect();
    await context.tracing?.stop();
  }

  await linked(redis.stores, hurry);
  if (config.socketPolling && cluster.isWorker) {
    setupWorker(io); // the primary listens, and hands each connection to the node that knows its session
    http.emit("listening"); // or it would never look for who is slow
  } else if (config.workers === 1 && cluster.isWorker) {
    stopListening = await listenAtDoor(http, config.socketPort);
  } else {
    await new Promise<void>((resolve, reject) => {
      http.once("error", reject);
      http.listen({ port: config.socketPort, backlog: 4096 }, resolve);
    });
  }
  const giveUp = () => (context.state = "draining");
  hurry?.addEventListener("abort", giveUp);
  if (hurry?.aborted) giveUp();
  await warmUp(context);
  if (context.state === "starting") context.state = "ready";
  let stopping: Promise<void> | undefined;
  return {
    id: context.nodeId,
    port: (http.address() as AddressInfo | null)?.port ?? config.socketPort,
    context,
    stop: () => (stopping ??= stop()),
  };
}

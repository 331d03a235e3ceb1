/** One Redis client per purpose, each with the reconnect and queueing rules that purpose needs. */
import { Redis, type RedisOptions } from "ioredis";
import type { Logger } from "./logger.ts";

export type RedisPurpose = "stores" | "limiter" | "adapter" | "inbox";

const commandTimeoutMs = 1_500;
/** The limiter comes before the store in the same request, and has its insurance: both together stay below 2 s. Its link goes
 * at the same moment, or what waits behind the pipeline in flight would wait as long again. */
const limiterTimeoutMs = 400;
/** A link that says nothing for so long after a command is dead, though nobody said so: another is opened. Above the blocking reads' time. */
const silenceMs = { commands: 3_000, inbox: 6_000, adapter: 7_500 };

/** 50 ms doubling to 1 s, half of it random, for ever. */
const retryStrategy = (attempt: number): number =>
  Math.min(1_000, 50 * 2 ** Math.min(attempt, 6)) * (0.5 + Math.random() / 2);

/** Fails fast: the caller answers `unavailable` and the client, which kept what it wanted, tries again. */
const failFast: RedisOptions = {
  commandTimeout: commandTimeoutMs,
  socketTimeout: silenceMs.commands,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
};

const options: Record<RedisPurpose, RedisOptions> = {
  stores: failFast,
  limiter: {
    ...failFast,
    commandTimeout: limiterTimeoutMs,
    socketTimeout: limiterTimeoutMs,
    enableAutoPipelining: true,
  },
  // Its own offline queue stays on: without it the adapter's read loop spins on rejections and eats the event loop.
  adapter: { maxRetriesPerRequest: null, socketTimeout: silenceMs.adapter },
  // Blocking reads; blockingTimeout frees one that a half-open link would hold for ever.
  inbox: {
    maxRetriesPerRequest: null,
    blockingTimeout: 5_000,
    socketTimeout: silenceMs.inbox,
    autoResendUnfulfilledCommands: false,
  },
};

/**
 * Opens a client that reconnects for ever. Errors of the link are logged once per outage, never thrown.
 * @param failed told of each
 */
export function connectRedis(url: string, purpose: RedisPurpose, logger: Logger, failed?: () => void): Redis {
  const redis = new Redis(url, {
    connectTimeout: 2_000,
    retryStrategy,
    // A replica that was promoted away from us answers READONLY: look for the new primary.
    reconnectOnError: (error) => error.message.startsWith("READONLY"),
    connectionName: `passerby-${purpose}`,
    ...options[purpose],
  });
  let down = false;
  redis.on("error", (error: Error) => {
    failed?.();
    if (!down) logger.warn({ purpose, err: error.message }, "redis: lost");
    down = true;
  });
  redis.on("ready", () => {
    if (down) logger.info({ purpose }, "redis: back");
    down = false;
  });
  return redis;
}

const trouble =
  /^(READONLY|OOM|LOADING|MISCONF|CLUSTERDOWN|MASTERDOWN|NOREPLICAS|BUSY|UNKILLABLE|NOAUTH)\b|timed out|Connection is closed|isn't writeable|max retries|ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|Socket closed|script: .*(OOM|READONLY|MISCONF)/i;

/** Is this Redis being away, slow, full or read-only (retry later), rather than a fault of ours? */
export const isRedisTrouble = (error: unknown): boolean => error instanceof Error && trouble.test(error.message);

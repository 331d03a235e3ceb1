/** A whole Passerby for breaking: its own Redis, the HTTP functions, n nodes as processes behind a balancer. */
import { cp, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { freePort } from "../../local/port.ts";
import { type LocalRedis, startRedis } from "../../local/redis.ts";
import { messageId } from "../../shared/protocol/ids.ts";
import type { Body } from "../../shared/stores/log.ts";
import { key } from "../../shared/stores/keys.ts";
import { type Field, toEntry } from "./field.ts";
import { type Balancer, startBalancer } from "./balancer.ts";
import { startFunctions } from "./functions.ts";
import { loadConfig } from "../../shared/config.ts";
import { createStores, type Stores } from "../../shared/stores/index.ts";
import { bundle, startTier, type TierProcess } from "./tier.ts";

export interface World extends Field {
  tiers: TierProcess[];
  /** Between guests and nodes. */
  front: Balancer;
  /** Between nodes and Redis. */
  back: Balancer;
  redis: Redis;
  stores: Stores;
  redisServer: {
    kill(): Promise<void>;
    start(empty?: boolean): Promise<void>;
    /** Killed, and back as it was before `meanwhile`: what a failover to a replica that was behind costs. */
    rollBack(meanwhile: () => Promise<unknown>): Promise<void>;
  };
  env: Record<string, string>;
  logs(): string;
}

export interface WorldOptions {
  nodes?: number;
  /** Settings of the nodes and functions. */
  env?: Record<string, string>;
  durable?: boolean;
}

const roomy = {
  NODE_ENV: "production",
  JWT_KEYS: "test:0123456789abcdef0123456789abcdef",
  CORS_ORIGINS: "http://localhost:3000",
  EVENTS_PER_MINUTE: "1000000",
  GUESTS_PER_15_MIN: "1000000",
  API_PER_15_MIN: "1000000",
  SOCKETS_PER_ADDRESS: "0",
  LOG_LEVEL: "warn",
};

export async function startWorld({ nodes = 2, env = {}, durable = true }: WorldOptions = {}): Promise<World> {
  const owned: AsyncDisposable[] = [];
  const own = <R extends AsyncDisposable>(resource: R): R => (owned.push(resource), resource);
  const dir = await mkdtemp(join(tmpdir(), "passerby-world-"));
  owned.push({ [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) });

  const port = await freePort();
  let server: LocalRedis = await startRedis({ dir, port, durable });
  owned.push({ [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() });
  const redis = new Redis(port, "127.0.0.1", { maxRetriesPerRequest: null });
  redis.on("error", () => {});
  owned.push({ [Symbol.asyncDispose]: async () => redis.disconnect() });

  const files = join(dir, "appendonlydir");
  async function kill(): Promise<void> {
    process.kill(await pidOf(redis), "SIGKILL");
    await server.died;
  }

  const back = own(await startBalancer([port]));
  const tiers: TierProcess[] = [];
  const front = own(await startBalancer());
  const settings = {
    ...roomy,
    REDIS_URL: `redis://127.0.0.1:${back.port}`,
    SOCKET_URL: `http://127.0.0.1:${front.port}`,
    UPLOAD_STORE: `disk:${dir}`,
    ...env,
  };
  const entry = await bundle();
  tiers.push(...(await Promise.all(Array.from({ length: nodes }, () => startTier(entry, settings)))));
  for (const tier of tiers) own(tier);
  front.aim(tiers.map((tier) => tier.port));
  const functions = own(await startFunctions(settings));
  await Promise.all(tiers.map((tier) => tier.begun()));

  return {
    httpUrl: functions.url,
    readEveryMs: 200,
    cut: (share) => front.cut(share),
    async logOf(_member, roomId) {
      const epoch = (await redis.hget(key("room", roomId), "epoch"))!;
      const entries = await redis.xrange(key("log", roomId), "-", "+");
      return entries.map(([id, fields]) =>
        toEntry({ id: messageId(epoch, Number.parseInt(id, 10)), ...(JSON.parse(fields[3]!) as Body) }),
      );
    },
    tiers,
    front,
    back,
    redis,
    stores: createStores({ redis, config: loadConfig(settings) }),
    env: settings,
    redisServer: {
      kill,
      start: async (empty = false) => {
        if (empty) await rm(files, { recursive: true, force: true });
        server = await startRedis({ dir, port, durable });
      },
      rollBack: async (meanwhile) => {
        await cp(files, `${files}-then`, { recursive: true });
        await meanwhile();
        await kill();
        await rm(files, { recursive: true });
        await rename(`${files}-then`, files);
        server = await startRedis({ dir, port, durable });
      },
    },
    logs: () => tiers.map((tier) => tier.output()).join(""),
    async [Symbol.asyncDispose]() {
      for (let resource = owned.pop(); resource; resource = owned.pop()) await resource[Symbol.asyncDispose]();
    },
  };
}

async function pidOf(redis: Redis): Promise<number> {
  return Number(/^process_id:(\d+)/m.exec(await redis.info("server"))![1]);
}

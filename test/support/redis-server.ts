/** One real Redis for the whole run, on a private port; each test file takes a database of its own (redis.ts). */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startRedis } from "../../local/redis.ts";

declare module "vitest" {
  interface ProvidedContext {
    redisUrl: string;
  }
}

export default async function setup({ provide }: TestProject) {
  const dir = await mkdtemp(join(tmpdir(), "passerby-redis-"));
  const redis = await startRedis({ dir, databases: 256 });
  provide("redisUrl", redis.url);
  return async () => {
    await redis[Symbol.asyncDispose]();
    await rm(dir, { recursive: true, force: true });
  };
}

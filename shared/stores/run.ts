/** Which run of Redis this client's link leads to. One that was started anew (a crash, a failover) may lack the newest of a log. */
import type { Redis } from "ioredis";
import { key } from "./keys.ts";

/** @returns the run id of the Redis at the other end (INFO server), asked once for each link */
export function followRun(redis: Redis): () => Promise<string> {
  let known: Promise<string> | undefined;
  redis.on("close", () => (known = undefined));

  async function ask(): Promise<string> {
    // A server that has none is taken for one that never restarts: what a node knows better is noticed nevertheless.
    const run = /^run_id:(\w+)/m.exec(await redis.info("server"))?.[1] ?? "";
    await redis.set(key("run"), run); // a hint for new rooms: one that is late costs a room a new epoch, never a message
    return run;
  }

  function follow(): Promise<string> {
    if (known) return known;
    const asked = (known = ask());
    asked.catch(() => known === asked && (known = undefined));
    return asked;
  }
  redis.on("ready", () => void follow().catch(() => {}));
  return follow;
}

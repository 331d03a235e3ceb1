/** The old way, kept as the checker's negative control: read the queue, then write. One request at a time it is right. */
import type { Redis } from "ioredis";
import { key } from "../../shared/stores/keys.ts";
import type { Stores } from "../../shared/stores/index.ts";
import { ticketLeaseMs } from "../../shared/stores/leases.ts";
import type { Matching } from "./matching-world.ts";

export function naiveMatching(redis: Redis, stores: Stores): Matching {
  async function partnerFor(userId: string): Promise<string | undefined> {
    for (const other of await redis.zrange(key("queue"), "0", "-1")) {
      const blocked = await redis.sismember(key("blocks", userId), other);
      if (other !== userId && !blocked && !(await redis.sismember(key("blocks", other), userId))) return other;
    }
    return undefined;
  }

  async function wait(userId: string, nodeId: string): Promise<void> {
    const now = Date.now();
    for (const name of ["queue", "queueAnyone"] as const) await redis.zadd(key(name), now, userId);
    for (const index of ["-", "*"]) await redis.zadd(key("queueLanguage", index), now, userId);
    await redis.zadd(key("queueLease"), now + ticketLeaseMs, userId);
    const wishes = { interests: "", language: "", media: "text" };
    await redis.hset(key("ticket", userId), { since: now, level: 2, ...wishes, node: nodeId });
  }

  async function pair(userId: string, other: string): Promise<string> {
    const room = `room_${crypto.randomUUID()}`;
    const now = Date.now();
    for (const name of ["queue", "queueAnyone", "queueLease"] as const) await redis.zrem(key(name), userId, other);
    for (const index of ["-", "*"]) await redis.zrem(key("queueLanguage", index), userId, other);
    await redis.hset(key("room", room), { kind: "pair", state: "open", nodes: "" });
    await redis.zadd(key("pairRooms"), now, room);
    for (const id of [userId, other]) {
      await redis.hset(key("members", room), id, id);
      await redis.hset(key("session", id), "pair", room);
      await redis.sadd(key("rooms", id), room);
      await redis.zadd(key("pairs"), now + 60_000, `${room}|${id}`);
    }
    return room;
  }

  async function join(userId: string, nodeId: string) {
    const roomId = await redis.hget(key("session", userId), "pair");
    if (roomId) return { state: "matched", roomId } as const;
    const other = await partnerFor(userId);
    if (other) return { state: "matched", roomId: await pair(userId, other) } as const;
    await wait(userId, nodeId);
    return { state: "idle" } as const;
  }

  return {
    join,
    async skip(userId, nodeId, roomId) {
      await stores.rooms.leave(userId, nodeId, roomId).catch(() => undefined);
      return join(userId, nodeId);
    },
  };
}

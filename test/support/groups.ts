/** A group with guests in it, who sit on the nodes in turn. */
import type { z } from "zod";
import { expect } from "vitest";
import type { Room, RouteAnswer } from "../../shared/protocol/index.ts";
import { rooms as schemas } from "../../shared/protocol/rooms.ts";
import { key } from "../../shared/stores/keys.ts";
import { type Api, startApi } from "./http.ts";
import { type Cluster, type Talker, until } from "./nodes.ts";

interface Group {
  roomId: string;
  /** The creator first. */
  members: Talker[];
}

interface About {
  name?: string;
  visibility?: "public" | "unlisted";
  capacity?: number;
}

/** Made and joined; everybody has heard of everybody. */
export async function startGroup(cluster: Cluster, count: number, about: About = {}): Promise<Group> {
  const nodes = cluster.nodes.length;
  const members = await Promise.all(Array.from({ length: count }, (_, i) => cluster.connect(i % nodes)));
  const [creator, ...others] = members as [Talker, ...Talker[]];
  const room = await cluster.stores.rooms.create(creator.user.id, { name: "Tea", visibility: "unlisted", ...about });
  await creator.ask("room:join", { roomId: room.id });
  for (const other of others) await other.ask("room:join", { roomId: room.id });
  await until("everybody has heard of those after them", () =>
    members.every((member, i) => joined(member, room.id).length >= count - 1 - i),
  );
  return { roomId: room.id, members };
}

const joined = (member: Talker, roomId: string) =>
  member.all("room:joined").filter((event) => event.roomId === roomId && event.user.id !== member.user.id);

/** The functions over the same Redis, with the same keys. */
export const apiOf = ({ env }: Cluster, settings: Record<string, string> = {}): Promise<Api> =>
  startApi({
    REDIS_URL: env.REDIS_URL!,
    JWT_KEYS: env.JWT_KEYS!,
    GUESTS_PER_15_MIN: "100000",
    API_PER_15_MIN: "100000",
    ...settings,
  });

/** Its good answer, strictly as its schema says. */
export const strictly = <S extends z.ZodType>(schema: S, text: string): z.output<S> => schema.parse(JSON.parse(text));

/** The log up to that message is older now, as if the time had gone by. */
export async function ageLog({ redis }: Cluster, roomId: string, byMs: number, upTo = Infinity): Promise<void> {
  const log = key("log", roomId);
  const entries = await redis.xrange(log, "-", "+");
  await redis.del(log);
  for (const [id, [, at, , body]] of entries) {
    const older = Number.parseInt(id, 10) <= upTo ? byMs : 0;
    await redis.xadd(log, id, "at", Number(at) - older, "body", body!);
  }
  const due = await redis.zscore(key("logsDue"), roomId);
  await redis.zadd(key("logsDue"), Number(due) - byMs, roomId);
}

export const range = (count: number) => Array.from({ length: count }, (_, i) => i);
export const names = (room: Room) => room.members.map(({ username }) => username).toSorted();

/** Rooms over HTTP, each answer held to its schema. */
export const roomsOf = (api: Api) => ({
  create: async (token: string, body: object): Promise<Room> => {
    const answer = await api.ask("/api/rooms", { token, body });
    expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
    return strictly(schemas.routes["POST /api/rooms"].answer, answer.text).room;
  },
  listed: async (token: string, query = ""): Promise<RouteAnswer<"GET /api/rooms">> =>
    strictly(schemas.routes["GET /api/rooms"].answer, (await api.ask(`/api/rooms${query}`, { token })).text),
});

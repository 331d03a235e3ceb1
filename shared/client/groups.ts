/** Group rooms: found in the list, looked at, made, joined. What happens inside is rooms.ts'. */
import type { Room, RouteAnswer, RouteBody } from "../protocol/index.ts";
import type { Http } from "./http.ts";
import type { Request } from "./requests.ts";
import type { Rooms } from "./rooms.ts";
import type { Session } from "./session.ts";

export type RoomList = RouteAnswer<"GET /api/rooms">;
export type NewRoom = RouteBody<"POST /api/rooms">;

interface GroupsOptions {
  http: Http;
  session: Session;
  request: Request;
  rooms: Rooms;
}

export function createGroups({ http, session, request, rooms }: GroupsOptions) {
  const token = async () => (await session.fresh()).token;

  /** Waits for a connection; joining what one is in is a fresh look at it. */
  async function join(roomId: string): Promise<void> {
    rooms.joined(roomId);
    const told = await request("room:join", { roomId });
    rooms.dispatch(roomId, { type: "introduced", ...told });
  }

  return {
    join,

    /** A page of the public rooms, the fullest first. */
    list: async (cursor?: string): Promise<RoomList> =>
      http("GET /api/rooms", { token: await token(), ...(cursor && { query: { cursor } }) }),

    /** Made, and joined. @returns its id */
    async create(about: NewRoom): Promise<string> {
      const { room } = await http("POST /api/rooms", { token: await token(), body: about });
      await join(room.id);
      return room.id;
    },

    /** What a room is, before joining it. */
    look: async (roomId: string): Promise<Room> =>
      (await http("GET /api/rooms/:id", { token: await token(), params: { id: roomId } })).room,

    /** Who is in and who is there, anew: of a large room nobody is told. */
    async refresh(roomId: string): Promise<void> {
      const { room } = await http("GET /api/rooms/:id", { token: await token(), params: { id: roomId } });
      const { members, memberCount = members.length } = room;
      rooms.dispatch(roomId, { type: "members", members, memberCount });
    },
  };
}

export type Groups = ReturnType<typeof createGroups>;

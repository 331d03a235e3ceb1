/** Rooms: who is in, which are listed, where their logs stand. */
import { PasserbyError } from "../protocol/errors.ts";
import { newId, randomText } from "../protocol/ids.ts";
import type { Cursor, Room, RouteAnswer, RouteBody } from "../protocol/index.ts";
import { limits } from "../protocol/limits.ts";
import type { StoreContext } from "./index.ts";
import { createLimit, type LimitState } from "./limits.ts";
import { refuse } from "./log.ts";
import { pseudonymFor } from "./pseudonym.ts";
import { readRoom, type RoomView } from "./room-view.ts";
import type { Reply } from "./scripts.ts";

const HOUR_MS = 3_600_000;

/** A page ends at a room: its place in the index, and its id among equals. */
const toCursor = (place: string, roomId: string) => `${place}.${roomId}`;

function fromCursor(cursor: string): [place: string, roomId: string] {
  const found = /^(\d{1,16})\.(room_[\w-]{16,40})$/.exec(cursor);
  if (!found) throw new PasserbyError("invalid", undefined, { fields: { cursor: "is not one of ours" } });
  return [found[1]!, found[2]!];
}

export function roomStore(context: StoreContext) {
  const { run, redis, config } = context;
  const created = createLimit(redis, "rooms", limits.roomsPerHour, HOUR_MS);
  const pseudonym = pseudonymFor(config, "rooms");

  return {
    /** Counts one new room of the guest's. @throws `rate-limited` */
    count: (userId: string): Promise<LimitState> => created.consume(pseudonym(userId)),

    /** A group with its creator in it. @throws `conflict` (in too many), `session-ended` */
    async create(userId: string, { name, visibility, capacity }: RouteBody<"POST /api/rooms">): Promise<Room> {
      const roomId = newId("room", config.cell);
      const about = [randomText(16), name, visibility, capacity ?? limits.roomCapacity];
      const [first] = (await run("room_create", userId, roomId, ...about, limits.roomsPerGuest)) as [number];
      refuse(first);
      return (await readRoom(context, userId, roomId, { look: true }, true)).room;
    },

    /**
     * Into a group, once; a member (of a pair too) is in already. All nodes are told, in their inboxes.
     * @param asks the connection that asks
     * @throws `not-found`, `forbidden` (somebody's pair), `room-closed`, `room-full`, `conflict` (in too many), `session-ended`
     */
    async join(userId: string, asks: string, roomId: string): Promise<void> {
      refuse(Number(await run("room_join", roomId, userId, asks, limits.roomsPerGuest)));
    },

    /** Out of a group, or the end of a pair; all nodes are told. @returns whether it was a group. @throws `not-found`, `forbidden` */
    async leave(userId: string, asks: string, roomId: string): Promise<boolean> {
      const left = Number(await run("room_leave", roomId, userId, asks));
      refuse(left);
      return left === 1;
    },

    /** Ends a group for all, at once; its members are told why. @returns whether there was one */
    close: async (roomId: string, reason: string): Promise<boolean> => (await run("room_close", roomId, reason)) === 1,

    /** Public groups with somebody in them, the fullest first, then the newest. @throws `invalid` */
    async list({ cursor, limit = limits.roomsPage }: { cursor?: string | undefined; limit?: number | undefined }) {
      const after = cursor === undefined ? ["", ""] : fromCursor(cursor);
      const reply = (await run("rooms_list", limit, ...after)) as [string, string, string, number, string, string][];
      const page = reply.slice(0, limit);
      const last = page.at(-1);
      const rooms = page.map(([id, name, capacity, memberCount, createdAt]) => ({
        id,
        name,
        capacity: Number(capacity),
        memberCount,
        createdAt: new Date(Number(createdAt)).toISOString(),
      }));
      const next = last && reply.length > limit ? { cursor: toCursor(last[5], last[0]) } : {};
      return { rooms, ...next } satisfies RouteAnswer<"GET /api/rooms">;
    },

    /**
     * The room and what came after the cursor, at most `most` messages (without one: the newest).
     * @throws `not-found`, `forbidden`
     */
    open: (userId: string, roomId: string, cursor?: Cursor, most: number = limits.historyPage): Promise<RoomView> =>
      readRoom(
        context,
        userId,
        roomId,
        cursor
          ? { after: cursor.seq, epoch: cursor.epoch, limit: most }
          : { limit: Math.min(most, limits.backfillMessages) },
        true,
      ),

    /** What the room is; of a group also for those who are not in. @throws `not-found`, `forbidden` */
    async read(userId: string, roomId: string): Promise<Room> {
      const view = await readRoom(context, userId, roomId, { look: true }, true);
      if (view.closedReason !== undefined) throw new PasserbyError("not-found");
      return view.room;
    },

    /**
     * Routes something that is not kept to the nodes of the other members.
     * @returns false where the room is too large for it
     * @throws `not-found`, `forbidden`, `room-closed`
     */
    async tell(userId: string, nodeId: string, roomId: string, event: string, payload: unknown): Promise<boolean> {
      const reply = Number(await run("room_tell", roomId, userId, nodeId, event, JSON.stringify(payload)));
      refuse(reply);
      return reply === 1;
    },

    /** The log ends before `told`: it was rolled back and becomes another one. */
    async renewEpoch(roomId: string, told: Cursor): Promise<void> {
      await run("room_renew", roomId, told.epoch, told.seq);
    },

    /** Where each room's log ends; undefined for a room that is gone. The node holds sockets of them. */
    async ends(nodeId: string, roomIds: string[]): Promise<(Cursor | undefined)[]> {
      if (roomIds.length === 0) return [];
      const reply = (await run("rooms_seq", nodeId, ...roomIds)) as Reply[] as string[];
      return roomIds.map((_, i) =>
        reply[2 * i] ? { epoch: reply[2 * i]!, seq: Number(reply[2 * i + 1]) } : undefined,
      );
    },
  };
}

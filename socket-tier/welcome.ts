/** What a guest is told who comes in: how things are, in one look that nothing has overtaken. */
import { PasserbyError } from "../shared/protocol/errors.ts";
import { clientLimits, limits } from "../shared/protocol/limits.ts";
import type { Call, Cursor, MatchState, Welcome } from "../shared/protocol/index.ts";
import type { Opened } from "../shared/stores/presence.ts";
import type { RoomView } from "../shared/stores/room-view.ts";
import { look, type Look } from "./arrival.ts";
import type { GuestSocket, NodeContext } from "./context.ts";
import { encode } from "./frame.ts";
import { newest } from "./matching.ts";

/** Tries at a welcome that nothing but messages overtakes, which follow it; after that it is as true as the last look. */
const OPEN_TRIES = 5;

type Cursors = Record<string, Cursor>;
type Ended = NonNullable<Welcome["ended"]>;

/** How things stand with a guest. */
interface Standing {
  match: MatchState;
  rooms: RoomView[];
  calls: Call[];
  /** The rooms of the client's cursors that it is no longer in, each with the reason as far as it is still known and looked up. */
  ended: Ended;
}
const NOTHING: Standing = { match: { state: "idle" }, rooms: [], calls: [], ended: [] };

/** @param first the handshake's look */
export async function welcome(ctx: NodeContext, socket: GuestSocket, first: Look): Promise<void> {
  const { userId, guest, address, cursors = {} } = socket.data;
  for (let attempt = 1; ; attempt++) {
    const { opened, watch } = attempt === 1 ? first : await look(ctx, { userId, address });
    try {
      const standing = hasNothing(opened, cursors) ? NOTHING : await standingOf(ctx, userId, opened, cursors);
      if (!socket.connected) return;
      if (watch.overtaken && attempt < OPEN_TRIES) continue;
      const { match, rooms, calls, ended } = standing;
      guest.username = opened.username;
      // From here to the emit nothing may await: what comes later comes after the welcome (D4).
      for (const { room } of rooms) ctx.fanOut.enter([socket], room.id, { epoch: room.epoch, seq: room.lastSeq });
      const said: Welcome = {
        user: { id: userId, username: opened.username },
        connectionId: socket.id,
        nodeId: ctx.nodeId,
        serverTime: new Date().toISOString(),
        limits: { ...clientLimits, eventsPerMinute: ctx.config.eventsPerMinute },
        match,
        rooms: rooms.map(({ room, messages, more, gap, receipts }) => ({ room, messages, more, gap, receipts })),
        calls,
        ...(ended.length > 0 && { ended }),
      };
      const { packet, options } = encode("session:welcome", JSON.stringify(said)); // emit() would search it for binary
      socket.conn.write(packet, options);
      ctx.fanOut.catchUp(
        socket,
        watch,
        rooms.map(({ room }) => room),
      );
      socket.data.welcomed = true;
      socket.data.cursors = undefined;
      if (!opened.queued || match.state !== "queued") return;
      const now = await newest(ctx, userId, () => ctx.stores.matching.resume(userId, ctx.nodeId));
      if (now.state === "idle") ctx.fanOut.tell(userId, "match:queued", now); // the place ran out just then
      return;
    } finally {
      ctx.fanOut.unwatch(watch);
    }
  }
}

/** Most who come: they are welcomed in the tick of their CONNECT. */
const hasNothing = ({ pair, queued, rooms }: Opened, cursors: Cursors) =>
  !pair && !queued && rooms.length === 0 && Object.keys(cursors).length === 0;

async function standingOf(ctx: NodeContext, userId: string, opened: Opened, cursors: Cursors): Promise<Standing> {
  // One frame holds them all, and whoever reads a megabyte slowly is cut.
  const most = Math.floor(limits.historyPage / Math.max(1, opened.rooms.length));
  const [match, calls, views] = await Promise.all([
    matchOf(ctx, userId, opened),
    ctx.stores.calls.inRooms(opened.rooms),
    Promise.all(opened.rooms.map((roomId) => openRoom(ctx, userId, roomId, cursors[roomId], most))),
  ]);
  const rooms = views.filter((view) => view !== undefined && view.closedReason === undefined) as RoomView[];
  return { match, calls, rooms, ended: await endings(ctx, userId, cursors, rooms) };
}

/** Who holds no place in the queue need not be asked about. */
function matchOf({ stores }: NodeContext, userId: string, { pair, queued }: Opened): MatchState | Promise<MatchState> {
  if (pair) return { state: "matched", roomId: pair };
  return queued ? stores.matching.state(userId) : { state: "idle" };
}

async function openRoom(
  ctx: NodeContext,
  userId: string,
  roomId: string,
  cursor?: Cursor,
  most?: number,
): Promise<RoomView | undefined> {
  try {
    return await ctx.stores.rooms.open(userId, roomId, cursor, most);
  } catch (error) {
    if (error instanceof PasserbyError) return undefined; // it went in between
    throw error;
  }
}

/** A guest is in 21 rooms at most; what else a client has cursors of would be looked up for nothing. */
const LOOKED_UP = 25;

async function endings(ctx: NodeContext, userId: string, cursors: Cursors, rooms: RoomView[]): Promise<Ended> {
  const open = new Set(rooms.map(({ room }) => room.id));
  const gone = Object.keys(cursors).filter((roomId) => !open.has(roomId));
  return Promise.all(
    gone.map(async (roomId, i) => {
      const view = i < LOOKED_UP ? await openRoom(ctx, userId, roomId) : undefined;
      return { roomId, reason: view?.closedReason ?? "expired" };
    }),
  );
}

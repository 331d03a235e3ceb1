/** A connection's life: who is it, what have they missed, goodbye. */
import { PasserbyError } from "../shared/protocol/errors.ts";
import { clientLimits, limits } from "../shared/protocol/limits.ts";
import type { Cursor, MatchState, Welcome } from "../shared/protocol/index.ts";
import { handshake } from "../shared/protocol/sessions.ts";
import type { Opened } from "../shared/stores/presence.ts";
import type { RoomView } from "../shared/stores/room-view.ts";
import { dropCall } from "./calls.ts";
import type { GuestSocket, NodeContext } from "./context.ts";
import { encode } from "./frame.ts";
import { dropRequest } from "./handshaken.ts";
import { newest } from "./matching.ts";
import { invalid, toErrorBody } from "./on.ts";
import { sayOver } from "./presence.ts";

/** Tries at a welcome that nothing but messages overtakes, which follow it; after that it is as true as the last look. */
const OPEN_TRIES = 5;

/** Refuses with `connect_error` whose `data` is the error. */
export const authenticate = (ctx: NodeContext) => async (socket: GuestSocket, next: (error?: Error) => void) => {
  try {
    if (ctx.state === "draining") throw new PasserbyError("draining", undefined, { retryAfterMs: 500 });
    const auth: unknown = socket.handshake.auth;
    if (typeof (auth as { token?: unknown }).token !== "string") throw new PasserbyError("unauthenticated");
    const parsed = handshake.safeParse(auth);
    if (!parsed.success) throw invalid(parsed.error);
    socket.data.userId = ctx.tokens.verify(parsed.data.token);
    socket.data.address = ctx.admission.address(socket.request);
    await ctx.stores.sessions.shakeHands(socket.data.userId, socket.data.address);
    socket.data.cursors = parsed.data.cursors;
    next();
  } catch (error) {
    const body = toErrorBody(error, ctx, "handshake");
    next(Object.assign(new Error(body.message), { data: body }));
  }
};

/** Runs on Socket.IO's `connection`: synchronous up to the first await, so that no event goes unheard (P4). */
export function open(ctx: NodeContext, listen: (socket: GuestSocket) => void, socket: GuestSocket): void {
  dropRequest(socket);
  const guest = (socket.data.guest = ctx.guests.add(socket));
  listen(socket);
  socket.on("disconnect", () => close(ctx, socket));
  socket.data.opening = welcome(ctx, socket).then(
    () => {
      socket.data.opening = undefined;
    },
    (error: unknown) => {
      if (error instanceof PasserbyError && error.code === "banned")
        return sayOver(socket, "banned", error.retryAfterMs);
      if (error instanceof PasserbyError && error.code === "session-ended") return sayOver(socket, "expired");
      ctx.logger.warn({ err: error }, "welcome failed");
      socket.conn.close(); // the client comes back, with its outbox and cursors
    },
  );
  const [oldest] = guest.sockets;
  if (guest.sockets.size > limits.connectionsPerGuest && oldest) {
    oldest.emit("session:replaced", { reason: "too-many-connections" });
    oldest.disconnect(true); // for good: coming back by itself it would replace the next
  }
}

function close(ctx: NodeContext, socket: GuestSocket): void {
  const { userId, callId, opening } = socket.data;
  if (callId) dropCall(ctx, socket, callId);
  // A connection whose guest said goodbye, and only that, could say CONNECT again; but what it came with has been let go of.
  socket.conn.close();
  const last = ctx.guests.remove(socket);
  if (!last) return;
  // After the opening, which would stand for good; meanwhile they may be back. Where Redis is away the leases say the same a little later.
  const unlessBack = () => (ctx.guests.get(userId) ? undefined : ctx.stores.presence.close(userId, ctx.nodeId));
  (opening ?? Promise.resolve())
    .then(unlessBack)
    .catch((error: unknown) => ctx.logger.debug({ err: error }, "close unsaid"));
}

async function welcome(ctx: NodeContext, socket: GuestSocket): Promise<void> {
  const { userId, guest, address, cursors = {} } = socket.data;
  for (let attempt = 1; ; attempt++) {
    const watch = ctx.fanOut.watch([userId]);
    try {
      const opened = await ctx.stores.presence.open(userId, ctx.nodeId, address);
      ctx.fanOut.extend(watch, opened.rooms);
      // One frame holds them all, and whoever reads a megabyte slowly is cut.
      const most = Math.floor(limits.historyPage / Math.max(1, opened.rooms.length));
      guest.username = opened.username;
      const [match, calls, views] = await Promise.all([
        matchOf(ctx, userId, opened),
        ctx.stores.calls.inRooms(opened.rooms),
        Promise.all(opened.rooms.map((roomId) => openRoom(ctx, userId, roomId, cursors[roomId], most))),
      ]);
      const rooms = views.filter((view) => view !== undefined && view.closedReason === undefined) as RoomView[];
      const over = await endings(ctx, userId, cursors, rooms);
      if (!socket.connected) return;
      if (watch.overtaken && attempt < OPEN_TRIES) continue;
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
        ...(over.length > 0 && { ended: over }),
      };
      const { packet, options } = encode("session:welcome", JSON.stringify(said)); // emit() would search it for binary
      socket.conn.write(packet, options);
      ctx.fanOut.catchUp(
        socket,
        watch,
        rooms.map(({ room }) => room),
      );
      socket.data.welcomed = true;
      delete socket.data.cursors;
      if (opened.queued && match.state === "queued")
        await newest(ctx, userId, () => ctx.stores.matching.resume(userId, ctx.nodeId));
      return;
    } finally {
      ctx.fanOut.unwatch(watch);
    }
  }
}

/** Who holds no place in the queue need not be asked about: most who come are such. */
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

type Ended = NonNullable<Welcome["ended"]>;

/** The rooms of the client's cursors that it is no longer in, each with the reason as far as it is still known and looked up. */
async function endings(
  ctx: NodeContext,
  userId: string,
  cursors: Record<string, Cursor>,
  rooms: RoomView[],
): Promise<Ended> {
  const open = new Set(rooms.map(({ room }) => room.id));
  const gone = Object.keys(cursors).filter((roomId) => !open.has(roomId));
  return Promise.all(
    gone.map(async (roomId, i) => {
      const view = i < LOOKED_UP ? await openRoom(ctx, userId, roomId) : undefined;
      return { roomId, reason: view?.closedReason ?? "expired" };
    }),
  );
}

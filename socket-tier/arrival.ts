/** Coming in: the handshake, and within it the guest's opening, so that a connection is one trip to Redis. */
import { PasserbyError } from "../shared/protocol/errors.ts";
import { handshake } from "../shared/protocol/sessions.ts";
import type { Opened } from "../shared/stores/presence.ts";
import type { GuestSocket, NodeContext } from "./context.ts";
import type { Watch } from "./fan-out.ts";
import { holdForTick } from "./handshaken.ts";
import { invalid, toErrorBody } from "./on.ts";

/** What Redis says of a guest who comes in, and the watch over them since before it was asked (D4). */
export interface Look {
  opened: Opened;
  watch: Watch;
}

type Who = Pick<GuestSocket["data"], "userId" | "address">;

/** @throws `session-ended`, `banned`; of a handshake `rate-limited` too */
export async function look(ctx: NodeContext, { userId, address }: Who, isHandshake = false): Promise<Look> {
  const watch = ctx.fanOut.watch([userId]);
  try {
    const opened = await ctx.stores.presence.open(userId, ctx.nodeId, address, isHandshake);
    ctx.fanOut.extend(watch, opened.rooms);
    return { opened, watch };
  } catch (error) {
    ctx.fanOut.unwatch(watch);
    throw error;
  }
}

const draining = () => new PasserbyError("draining", undefined, { retryAfterMs: 500 });

/** Refuses with `connect_error` whose `data` is the error. */
export const authenticate = (ctx: NodeContext) => async (socket: GuestSocket, next: (error?: Error) => void) => {
  const { request } = socket; // of who says CONNECT twice at once it is gone when the second is answered
  try {
    if (ctx.state === "draining") throw draining();
    const auth: unknown = socket.handshake.auth;
    if (typeof (auth as { token?: unknown }).token !== "string") throw new PasserbyError("unauthenticated");
    const parsed = handshake.safeParse(auth);
    if (!parsed.success) throw invalid(parsed.error);
    socket.data.userId = ctx.tokens.verify(parsed.data.token);
    socket.data.address = ctx.admission.address(request);
    await arrive(ctx, socket);
    socket.data.cursors = parsed.data.cursors;
    const written = holdForTick(request);
    next();
    process.nextTick(() => {
      if (socket.data.look) turnBack(ctx, socket, true); // no `connection` came in the tick before: the client has gone
      written();
    });
  } catch (error) {
    const body = toErrorBody(error, ctx, "handshake");
    next(Object.assign(new Error(body.message), { data: body }));
  }
};

async function arrive(ctx: NodeContext, socket: GuestSocket): Promise<void> {
  ctx.guests.arrive(socket.data.userId);
  try {
    socket.data.look = await look(ctx, socket.data, true);
    if (ctx.state === "draining") throw draining();
  } catch (error) {
    // Redis may have done what it did not answer.
    turnBack(ctx, socket, socket.data.look !== undefined || !(error instanceof PasserbyError));
    throw ctx.state === "draining" ? draining() : error;
  }
}

/** They do not come in by this one after all. */
function turnBack(ctx: NodeContext, { data }: GuestSocket, opened: boolean): void {
  if (data.look) ctx.fanOut.unwatch(data.look.watch);
  data.look = undefined;
  const owed = ctx.guests.turnBack(data.userId);
  if (opened || owed) sayGone(ctx, data.userId);
}

/** Unless they are back. Where Redis is away the leases say the same a little later. */
export function sayGone({ guests, stores, nodeId, logger }: NodeContext, userId: string): void {
  if (!guests.isGone(userId)) return;
  stores.presence.close(userId, nodeId).catch((error: unknown) => logger.debug({ err: error }, "close unsaid"));
}

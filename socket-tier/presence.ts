/** Presence at the socket: who is told what, live numbers for watchers, the end of a session. */
import type { Status } from "../shared/protocol/index.ts";
import type { GuestSocket, Handlers, NodeContext } from "./context.ts";
import type { InboxHandlers } from "./inbox.ts";

/** The Socket.IO room of those who watch the numbers. */
export const WATCHERS = "stats";

export const presence = ({ stores }: NodeContext): Handlers<"stats:watch"> => ({
  "stats:watch": async (socket, { on }) => {
    await (on ? socket.join(WATCHERS) : socket.leave(WATCHERS));
    return stores.stats.live();
  },
});

export const presenceInbox = (ctx: NodeContext): InboxHandlers => ({
  presence({ room, user, status }) {
    ctx.fanOut.tell(room!, "presence:changed", { roomId: room!, userId: user!, status: status as Status });
  },
  renamed({ user, name }) {
    const guest = ctx.guests.get(user!);
    if (guest) guest.username = name!;
  },
  /** The session is over, whoever said so (S2, S4). */
  close({ user, reason, until }) {
    endLocally(ctx, user!, reason!, until ? Number(until) : undefined);
  },
});

/** @param retryAfterMs how long a ban still lasts */
export function sayOver(socket: GuestSocket, reason: string, retryAfterMs?: number): void {
  socket.emit("session:ended", { reason, ...(retryAfterMs !== undefined && { retryAfterMs }) });
  socket.disconnect(true); // for good: there is nothing to come back to
}

/** Closes the guest's sockets here, for good. */
export function endLocally(
  { guests, eventLimit, logger }: NodeContext,
  userId: string,
  reason: string,
  bannedUntilMs?: number,
): void {
  const retryAfterMs = bannedUntilMs && Math.max(0, bannedUntilMs - Date.now());
  for (const socket of guests.get(userId)?.sockets ?? []) sayOver(socket, reason, retryAfterMs);
  // Here, after the last event that this node counted: earlier, the count would come back.
  eventLimit.forget(userId).catch((error: unknown) => logger.debug({ err: error }, "count left to lapse"));
}

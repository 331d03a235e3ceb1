/** A connection's life, from its first word to its last. */
import { PasserbyError } from "../shared/protocol/errors.ts";
import { limits } from "../shared/protocol/limits.ts";
import { sayGone } from "./arrival.ts";
import { dropCall } from "./calls.ts";
import type { GuestSocket, NodeContext } from "./context.ts";
import { dropRequest, goOnWriting } from "./handshaken.ts";
import { sayOver } from "./presence.ts";
import { welcome } from "./welcome.ts";

/** Runs on Socket.IO's `connection`: synchronous up to the first await, so that no event goes unheard (P4). */
export function open(ctx: NodeContext, listen: (socket: GuestSocket) => void, socket: GuestSocket): void {
  dropRequest(socket);
  goOnWriting(socket);
  const { look } = socket.data;
  socket.data.look = undefined;
  const guest = (socket.data.guest = ctx.guests.add(socket));
  listen(socket);
  socket.on("disconnect", () => close(ctx, socket));
  socket.data.opening = welcome(ctx, socket, look!).then(
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
  // After the opening, which would stand for good.
  void (opening ?? Promise.resolve()).then(() => sayGone(ctx, userId));
}

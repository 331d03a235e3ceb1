/** Rooms at the socket. */
import { PasserbyError } from "../shared/protocol/errors.ts";
import type { Handlers, NodeContext } from "./context.ts";

export const rooms = ({ stores, fanOut }: NodeContext): Handlers<"room:join" | "room:leave"> => ({
  /** A member may join again, from another tab or after a pause. */
  "room:join": async (socket, { roomId }) => {
    const { room, messages, more, receipts, closedReason } = await stores.rooms.open(socket.data.userId, roomId);
    if (closedReason !== undefined) throw new PasserbyError("room-closed");
    fanOut.enter([socket], roomId, { epoch: room.epoch, seq: room.lastSeq });
    return { room, messages, more, receipts };
  },

  /** Leaving a pair ends it, for both. */
  "room:leave": async (socket, { roomId }) => {
    const { userId } = socket.data;
    if (!(await stores.matching.endPair(userId, roomId, "left"))) await stores.rooms.assertMember(userId, roomId);
    return {};
  },
});

/** Rooms at the socket: in, out, and what other nodes tell of it. */
import { PasserbyError } from "../shared/protocol/errors.ts";
import { messageId } from "../shared/protocol/ids.ts";
import type { Handlers, NodeContext } from "./context.ts";
import type { Entry, InboxHandlers } from "./inbox.ts";

/** Tries at a view that nothing overtakes; after that the client's own pull closes the gap. */
const VIEW_TRIES = 5;

export const rooms = ({ stores, fanOut }: NodeContext): Handlers<"room:join" | "room:leave"> => ({
  /** A member may join again, from another tab or after a pause. The inbox tells of who is new, here too: this reply may be lost. */
  "room:join": async (socket, { roomId }) => {
    const { userId } = socket.data;
    await stores.rooms.join(userId, socket.id, roomId);
    for (let attempt = 1; ; attempt++) {
      const watch = fanOut.watch([roomId]);
      try {
        const { room, messages, more, receipts, closedReason } = await stores.rooms.open(userId, roomId);
        if (closedReason !== undefined) throw new PasserbyError("room-closed");
        if ((watch.overtaken || watch.missed.length > 0) && attempt < VIEW_TRIES) continue;
        fanOut.enter([socket], roomId, { epoch: room.epoch, seq: room.lastSeq });
        return { room, messages, more, receipts };
      } finally {
        fanOut.unwatch(watch);
      }
    }
  },

  /** Leaving a pair ends it, for both; leaving a group leaves it to the others. */
  "room:leave": async (socket, { roomId }) => {
    const { userId, guest } = socket.data;
    // Out before the ack; what else there is to say of it the inbox says.
    if (await stores.rooms.leave(userId, socket.id, roomId)) fanOut.exit(guest.sockets, roomId);
    return {};
  },
});

/**
 * All of a guest's connections on this node come and go together (S3). One that is not welcome yet will find the room in its
 * welcome; the one that asked has the ack, but who came back before this told that they left is let in by it as well.
 */
export const roomsInbox = ({ io, guests, fanOut, crowd }: NodeContext): InboxHandlers => {
  const read = ({ room, user, name, members, asks = "" }: Entry) => ({
    event: { roomId: room!, user: { id: user!, username: name! }, memberCount: Number(members) },
    asking: io.of("/").sockets.get(asks),
  });

  return {
    joined(entry) {
      const { event, asking } = read(entry);
      crowd.passed("room:joined", event, asking);
      fanOut.tell(entry.user!, "room:joined", event, asking);
      const welcomed = fanOut.socketsOf(entry.user!);
      if (welcomed.length > 0) fanOut.enter(welcomed, entry.room!, { epoch: entry.epoch!, seq: Number(entry.seq) });
    },

    left(entry) {
      const { event, asking } = read(entry);
      fanOut.exit(guests.get(entry.user!)?.sockets ?? [], entry.room!);
      fanOut.tell(entry.user!, "room:left", event, asking);
      crowd.passed("room:left", event);
    },

    closed({ room, reason }) {
      fanOut.tell(room!, "room:closed", { roomId: room!, reason: reason! });
      fanOut.clear(room!);
    },

    /** A guest who is forgotten takes their messages along: one event for all of them, about the newest. */
    forgotten({ room, epoch, seqs }) {
      const all = seqs!.split(",").map(Number);
      const seq = all.at(-1)!;
      fanOut.tell(room!, "message:deleted", { roomId: room!, messageId: messageId(epoch!, seq), seq, seqs: all });
    },
  };
};

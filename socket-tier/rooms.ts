/** Rooms at the socket: in, out, and what other nodes tell of it. */
import { PasserbyError } from "../shared/protocol/errors.ts";
import { messageId } from "../shared/protocol/ids.ts";
import type { Cursor } from "../shared/protocol/index.ts";
import type { Passage } from "../shared/stores/rooms.ts";
import type { GuestSocket, Handlers, NodeContext } from "./context.ts";
import type { InboxHandlers } from "./inbox.ts";

/** Tries at a view that nothing overtakes; after that the client's own pull closes the gap. */
const VIEW_TRIES = 5;

/** All of a guest's connections on this node come and go together (S3). One that is not welcome yet will find the room in its welcome. */
function passages({ guests, fanOut, crowd }: NodeContext) {
  const welcomed = (userId: string) => [...(guests.get(userId)?.sockets ?? [])].filter(({ data }) => data.welcomed);

  return {
    came: (roomId: string, { user, memberCount, epoch, seq }: Passage & Cursor, asks?: GuestSocket): void => {
      const event = { roomId, user, memberCount };
      crowd.passed("room:joined", event);
      fanOut.tell(user.id, "room:joined", event, asks);
      const sockets = welcomed(user.id).filter((socket) => socket !== asks);
      if (sockets.length > 0) fanOut.enter(sockets, roomId, { epoch, seq });
    },

    went: (roomId: string, { user, memberCount }: Passage, asks?: GuestSocket): void => {
      const event = { roomId, user, memberCount };
      fanOut.exit(guests.get(user.id)?.sockets ?? [], roomId);
      fanOut.tell(user.id, "room:left", event, asks);
      crowd.passed("room:left", event);
    },
  };
}

export const rooms = (ctx: NodeContext): Handlers<"room:join" | "room:leave"> => {
  const { stores, fanOut, nodeId } = ctx;
  const { came, went } = passages(ctx);

  return {
    /** A member may join again, from another tab or after a pause. */
    "room:join": async (socket, { roomId }) => {
      const { userId } = socket.data;
      const passage = await stores.rooms.join(userId, nodeId, roomId);
      if (passage) came(roomId, passage, socket);
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
      const { userId } = socket.data;
      const passage = await stores.rooms.leave(userId, nodeId, roomId);
      if (passage) went(roomId, passage, socket);
      return {};
    },
  };
};

export const roomsInbox = (ctx: NodeContext): InboxHandlers => {
  const { came, went } = passages(ctx);
  const { fanOut } = ctx;
  const read = ({ user, name, members }: Record<string, string>): Passage => ({
    user: { id: user!, username: name! },
    memberCount: Number(members),
  });

  return {
    joined: (entry) => came(entry.room!, { ...read(entry), epoch: entry.epoch!, seq: Number(entry.seq) }),
    left: (entry) => went(entry.room!, read(entry)),

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

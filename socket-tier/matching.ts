/** Matching at the socket: ask the store, tell what it decided. */
import type { MatchEndReason, MatchState } from "../shared/protocol/index.ts";
import type { GuestSocket, Handlers, NodeContext } from "./context.ts";
import type { InboxHandlers } from "./inbox.ts";

type Requests = "match:join" | "match:leave" | "match:skip";

/** An inbox is read within this, unless it stands still. */
const END_FOLLOWS_MS = 1_000;

export const matching = ({ stores, nodeId, fanOut }: NodeContext): Handlers<Requests> => {
  /** The guest's other tabs wait, or wait no more, as this one does (S3); of a match and its end the scripts tell. */
  function inStep(socket: GuestSocket, state: MatchState): MatchState {
    const { userId, guest } = socket.data;
    if (guest.sockets.size > 1 && state.state !== "matched") fanOut.tell(userId, "match:queued", state, socket);
    return state;
  }

  return {
    "match:join": async (socket, wishes) =>
      inStep(socket, await stores.matching.join(socket.data.userId, nodeId, wishes)),

    "match:leave": async (socket) => inStep(socket, await stores.matching.leave(socket.data.userId, nodeId)),

    "match:skip": async (socket, { roomId }) =>
      inStep(socket, await stores.matching.skip(socket.data.userId, nodeId, roomId)),
  };
};

/** What the scripts tell: found, ended, still waiting on wider terms. */
export const matchingInbox = ({ stores, guests, fanOut, logger, nodeId, metrics }: NodeContext): InboxHandlers => {
  function tellState(userId: string, ask: () => Promise<MatchState>): void {
    ask().then(
      (state) => fanOut.tell(userId, "match:queued", state),
      (error: unknown) => logger.debug({ err: error }, "match state unread"),
    );
  }

  return {
    found(entry) {
      const { user, room: roomId, partner, partnerName, epoch } = entry as Record<string, string> & { user: string };
      const welcomed = [...(guests.get(user)?.sockets ?? [])].filter((socket) => socket.data.welcomed);
      fanOut.touch(user);
      if (welcomed.length === 0) return; // nobody here to be told: unconfirmed, the match is undone in 3 s
      fanOut.enter(welcomed, roomId!, { epoch: epoch!, seq: 0 });
      fanOut.tell(user, "match:found", {
        room: {
          id: roomId!,
          kind: "pair",
          capacity: 2,
          members: [
            { id: user, username: entry.name!, status: "online" },
            { id: partner!, username: partnerName!, status: "online" },
          ],
          epoch: epoch!,
          lastSeq: 0,
          createdAt: new Date(Number(entry.at)).toISOString(),
        },
        partner: { id: partner!, username: partnerName! },
        shared: entry.shared ? entry.shared.split("\n") : [],
        waitedMs: Number(entry.waited),
        widened: Number(entry.level) > Number(entry.wished),
      });
      metrics.matched(Number(entry.waited), user < partner!);
      stores.matching.confirm(user, roomId!).then(
        (theirs) => {
          if (theirs) return;
          // Over already. Its end follows, unless it was told before they came here: then a new welcome says what is.
          const cut = () => welcomed.forEach((socket) => socket.rooms.has(roomId!) && socket.conn.close());
          setTimeout(cut, END_FOLLOWS_MS).unref();
        },
        (error: unknown) => logger.debug({ err: error }, "match unconfirmed"),
      );
    },

    ended({ user, room, reason }) {
      fanOut.tell(user!, "match:ended", { roomId: room!, reason: reason as MatchEndReason });
      fanOut.exit(guests.get(user!)?.sockets ?? [], room!);
    },

    queued({ user }) {
      tellState(user!, () => stores.matching.state(user!));
    },

    /** Their place ran out although they are here: Redis or this node was late, not they. */
    lapsed({ user }) {
      if (guests.get(user!)) tellState(user!, () => stores.matching.again(user!, nodeId));
    },
  };
};

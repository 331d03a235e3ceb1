/** Matching at the socket: ask the store, tell what it decided. */
import type { MatchEndReason, MatchState } from "../shared/protocol/index.ts";
import type { GuestSocket, Handlers, NodeContext } from "./context.ts";
import type { InboxHandlers } from "./inbox.ts";

type Requests = "match:join" | "match:leave" | "match:skip";

/** Tries at an answer that nothing overtakes. */
const TRIES = 5;

/** An inbox is read within this, unless it stands still. */
const END_FOLLOWS_MS = 1_000;

/**
 * What the inbox told of a guest while the answer was under way may be newer than it: then that is asked for again, or who was
 * matched would be told afterwards that they wait.
 */
export async function newest(
  { stores, fanOut, guests }: NodeContext,
  userId: string,
  ask: () => Promise<MatchState>,
): Promise<MatchState> {
  for (let attempt = 1; ; attempt++) {
    const watch = fanOut.watch([userId]);
    try {
      const state = await (attempt === 1 ? ask() : stores.matching.state(userId));
      if (watch.overtaken && state.state === "queued" && attempt < TRIES) continue;
      const guest = guests.get(userId);
      if (guest) guest.place = state.state === "queued" ? "held" : undefined;
      return state;
    } finally {
      fanOut.unwatch(watch);
    }
  }
}

function tellState(ctx: NodeContext, userId: string, ask: () => Promise<MatchState>): void {
  newest(ctx, userId, ask).then(
    (state) => ctx.fanOut.tell(userId, "match:queued", state),
    (error: unknown) => ctx.logger.debug({ err: error }, "match state unread"),
  );
}

/** Their place ran out, and they are here after all. */
export const queueAnew = (ctx: NodeContext, userId: string): void =>
  tellState(ctx, userId, () => ctx.stores.matching.again(userId, ctx.nodeId));

export const matching = (ctx: NodeContext): Handlers<Requests> => {
  const { stores, nodeId, fanOut } = ctx;

  /** The guest's other tabs wait, or wait no more, as this one does (S3); of a match and its end the scripts tell. */
  async function inStep(socket: GuestSocket, ask: () => Promise<MatchState>): Promise<MatchState> {
    const { userId, guest } = socket.data;
    const state = await newest(ctx, userId, ask);
    if (guest.sockets.size > 1 && state.state !== "matched") fanOut.tell(userId, "match:queued", state, socket);
    return state;
  }

  return {
    "match:join": (socket, wishes) => inStep(socket, () => stores.matching.join(socket.data.userId, nodeId, wishes)),

    "match:leave": (socket) => inStep(socket, () => stores.matching.leave(socket.data.userId, nodeId)),

    "match:skip": (socket, { roomId }) =>
      inStep(socket, () => stores.matching.skip(socket.data.userId, nodeId, roomId)),
  };
};

/** What the scripts tell: found, ended, still waiting on wider terms. */
export const matchingInbox = (ctx: NodeContext): InboxHandlers => {
  const { stores, guests, fanOut, logger, metrics } = ctx;

  return {
    found(entry) {
      const { user, room: roomId, partner, partnerName, epoch } = entry as Record<string, string> & { user: string };
      const guest = guests.get(user);
      if (guest) guest.place = undefined;
      const welcomed = fanOut.socketsOf(user);
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
      tellState(ctx, user!, () => stores.matching.state(user!));
    },

    /** Their place ran out. Was Redis late, or this node, not they? Then they answer when they are asked next, and wait anew. */
    lapsed({ user }) {
      const guest = guests.get(user!);
      if (guest?.place) guest.place = "lapsed";
    },
  };
};

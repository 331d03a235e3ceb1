/** Calls at the socket: ask the store; what a call has become, every connection of its room is told through the inboxes. */
import type { Call, RequestName, Signal } from "../shared/protocol/index.ts";
import { toCall } from "../shared/stores/calls.ts";
import type { GuestSocket, Handlers, NodeContext } from "./context.ts";
import type { InboxHandlers } from "./inbox.ts";
import { relayOnly } from "./relay-only.ts";

type Requests = Extract<RequestName, `call:${string}`>;

export const calls = (ctx: NodeContext): Handlers<Requests> => {
  const { stores, nodeId, iceServers, config } = ctx;
  const caller = ({ id, data }: GuestSocket) => ({ userId: data.userId, connectionId: id, nodeId });

  /** This connection carries the call now, and keeps it only while it lives. */
  function carry(socket: GuestSocket, call: Call): Call {
    socket.data.callId = call.id;
    if (!socket.connected) dropCall(ctx, socket, call.id);
    return call;
  }

  /** What a participant needs to connect, and whether peers may learn its address as things stand. */
  function joined(socket: GuestSocket, call: Call) {
    const { userId } = socket.data;
    const others = call.participants.filter((one) => one.userId !== userId);
    const me = call.participants.find((one) => one.userId === userId);
    const open = me?.direct && others.every(({ state, direct }) => state !== "joined" || direct);
    return {
      call: carry(socket, call),
      iceServers: iceServers(userId).iceServers,
      relayOnly: config.relayOnly || !open,
    };
  }

  return {
    "call:start": async (socket, { roomId, media }) =>
      joined(socket, await stores.calls.start(caller(socket), roomId, media)),

    "call:accept": async (socket, { callId }) => joined(socket, await stores.calls.accept(caller(socket), callId)),

    "call:decline": async (socket, { callId }) => ({ call: await stores.calls.decline(socket.data.userId, callId) }),

    "call:hangup": async (socket, { callId }) => ({ call: await stores.calls.hangUp(socket.data.userId, callId) }),

    "call:signal": async (socket, signal) => {
      await stores.calls.signal(caller(socket), signal, relayOnly(signal.data));
      return {};
    },

    "call:media": async (socket, media) => ({ call: carry(socket, await stores.calls.media(caller(socket), media)) }),

    "call:direct": async (socket, wish) => ({ call: await stores.calls.direct(caller(socket), wish) }),
  };
};

/** The connection that carried it is gone; where Redis is away the lease says the same a little later. */
export function dropCall({ stores, logger }: NodeContext, { id, data }: GuestSocket, callId: string): void {
  stores.calls
    .drop(data.userId, id, callId)
    .catch((error: unknown) => logger.debug({ err: error }, "dropped call unsaid"));
}

/** This node's connections that carry a call. */
export const carried = ({ io }: NodeContext) =>
  [...io.of("/").sockets.values()].flatMap(({ id, data: { callId, userId } }) =>
    callId === undefined ? [] : [{ callId, userId, connectionId: id }],
  );

export const callsInbox = ({ io, fanOut }: NodeContext): InboxHandlers => ({
  /** A call has changed; or has begun, and rings with those whom it is for. */
  call({ room, user, from, rings, except, call: text }) {
    const call = toCall(text!);
    const payload = { call, ...(from && { from }) };
    if (user) return fanOut.tell(user, "call:changed", payload);
    if (rings === "0" || call.participants.length === 1)
      return fanOut.tell(room!, "call:changed", payload, io.of("/").sockets.get(except ?? ""));
    for (const { userId, state } of call.participants)
      fanOut.tell(userId, state === "ringing" ? "call:ringing" : "call:changed", payload);
  },

  signal({ user, connection, call: callId, from, data }) {
    const socket = io.of("/").sockets.get(connection!);
    if (socket?.data.userId !== user) return;
    socket!.emit("call:signal", { callId: callId!, from: from!, data: JSON.parse(data!) as Signal });
  },
});

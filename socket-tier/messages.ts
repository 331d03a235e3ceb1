/** Messages at the socket: persist, then tell this node's members; the store's script has told the other nodes. */
import { messagePlace } from "../shared/protocol/ids.ts";
import type { EventName, EventPayload, Message } from "../shared/protocol/index.ts";
import type { GuestSocket, Handlers, NodeContext } from "./context.ts";
import { Json } from "./frame.ts";
import type { InboxHandlers } from "./inbox.ts";

type Requests = "message:send" | "message:history" | "message:ack" | "message:react" | "message:delete" | "typing:set";
const sender = ({ data }: GuestSocket) => ({ id: data.userId, username: data.guest.username });

export const messages = ({ stores, nodeId, fanOut, metrics, tracing }: NodeContext): Handlers<Requests> => ({
  "message:send": async (socket, draft, uncounted) => {
    const span = tracing?.send({ ...draft, senderId: socket.data.userId });
    const attachment = draft.kind === "text" ? undefined : await stores.uploads.attach(socket.data.userId, draft);
    span?.asks();
    const beside = { toldTo: fanOut.lastTold.get(draft.roomId), attachment, uncounted };
    const { told, repeated } = await stores.messages.append(sender(socket), nodeId, draft, beside);
    span?.answered();
    if (!repeated) {
      metrics.messages += 1;
      fanOut.message(told, socket);
      metrics.delivered(told.at);
    }
    span?.end();
    return new Json(`{"message":${told.json}}`);
  },

  "message:history": async (socket, range) => {
    const { messages, more, gap } = await stores.messages.history(socket.data.userId, range);
    return { messages, more, gap };
  },

  "message:ack": async (socket, { roomId, deliveredSeq = 0, readSeq = 0 }) => {
    const { userId } = socket.data;
    const { epoch, lastSeq, receipt, changed } = await stores.messages.ack(
      userId,
      nodeId,
      roomId,
      deliveredSeq,
      readSeq,
    );
    if (changed) fanOut.tell(roomId, "message:acked", { roomId, ...receipt }, socket);
    return { epoch, lastSeq };
  },

  "message:react": async (socket, { roomId, messageId, emoji, on }) => {
    await stores.messages.react(socket.data.userId, socket.id, roomId, messageId, emoji, on);
    return {};
  },

  "message:delete": async (socket, { roomId, messageId }) => {
    await stores.messages.remove(socket.data.userId, socket.id, roomId, messageId);
    await stores.uploads.unsend(socket.data.userId, roomId, messagePlace(messageId)!.seq);
    return {};
  },

  "typing:set": async (socket, { roomId, typing }) => {
    const event = { roomId, userId: socket.data.userId, typing };
    const told = await stores.rooms.tell(socket.data.userId, nodeId, roomId, "typing:changed", event);
    if (told) fanOut.tell(roomId, "typing:changed", event, socket);
    return {};
  },
});

export const messagesInbox = ({ io, fanOut, stores, metrics, tracing }: NodeContext): InboxHandlers => ({
  messages({ lines }) {
    for (const told of stores.messages.told(lines!)) {
      fanOut.message(told);
      metrics.delivered(told.at);
      if (!tracing) continue;
      const { clientMessageId } = JSON.parse(told.json) as Message;
      tracing.told({ ...told, clientMessageId }, told.at - metrics.redisAheadMs);
    }
  },

  /** An event whose payload the script has made, for all but the connection that asked for it. */
  event({ room, event, payload, asks = "" }) {
    const asking = io.of("/").sockets.get(asks);
    fanOut.tell(room!, event as EventName, JSON.parse(payload!) as EventPayload<EventName>, asking);
  },
});

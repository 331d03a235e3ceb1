/** What the server tells, turned into changes here. Unknown events of a newer server fall through. */
import type { EventName, EventPayload } from "../protocol/index.ts";
import type { Calls } from "./calls.ts";
import type { createMatching } from "./matching.ts";
import type { Rooms } from "./rooms.ts";

export interface Listeners {
  rooms: Rooms;
  matching: ReturnType<typeof createMatching>;
  calls: Calls;
  /** The guest is in a room that this client does not know. */
  onEntered: (roomId: string) => void;
  onFound: (found: EventPayload<"match:found">) => void;
  onStats: (stats: EventPayload<"stats:updated">) => void;
  onReplaced: (reason: string) => void;
  onEnded: (ended: EventPayload<"session:ended">) => void;
}

type AnyEvent = { [E in EventName]: { name: E; payload: EventPayload<E> } }[EventName];

export function handleEvent(event: AnyEvent, listeners: Listeners): void {
  const { rooms, matching, calls, onEntered, onFound, onStats, onReplaced, onEnded } = listeners;
  const { dispatch } = rooms;
  switch (event.name) {
    case "message:sent":
      return dispatch(event.payload.message.roomId, { type: "pushed", message: event.payload.message });
    case "message:acked": {
      const { roomId, ...receipt } = event.payload;
      return dispatch(roomId, { type: "acked", receipt });
    }
    case "message:reacted":
      return dispatch(event.payload.roomId, { ...event.payload, type: "reacted" });
    case "message:deleted":
      return dispatch(event.payload.roomId, { ...event.payload, type: "deleted" });
    case "typing:changed":
      return dispatch(event.payload.roomId, { ...event.payload, type: "typing", nowMs: Date.now() });
    case "presence:changed":
      return dispatch(event.payload.roomId, { ...event.payload, type: "presence" });
    case "room:joined": {
      const { roomId, ...passage } = event.payload;
      // Another tab of ours went in, or the room was made over HTTP.
      if (passage.user.id === rooms.me() && !rooms.isOpen(roomId)) return onEntered(roomId);
      return rooms.isOpen(roomId) ? dispatch(roomId, { type: "joined", ...passage }) : undefined;
    }
    case "room:left": {
      const { roomId, ...passage } = event.payload;
      if (passage.user.id === rooms.me()) return rooms.leave(roomId, "left");
      return rooms.isOpen(roomId) ? dispatch(roomId, { type: "left", ...passage }) : undefined;
    }
    case "room:closed":
    case "match:ended":
      return rooms.close(event.payload.roomId, event.payload.reason);
    case "match:queued":
      return matching.queued(event.payload);
    case "match:found":
      dispatch(event.payload.room.id, { type: "introduced", room: event.payload.room, shared: event.payload.shared });
      onFound(event.payload);
      return matching.found(event.payload.room.id);
    case "stats:updated":
      return onStats(event.payload);
    case "session:replaced":
      return onReplaced(event.payload.reason);
    case "session:ended":
      return onEnded(event.payload);
    case "call:ringing":
    case "call:changed":
      return calls.told(event.payload.call);
    case "call:signal":
      return calls.signalled(event.payload);
    // The connection's own.
    case "session:welcome":
    case "server:draining":
      return;
  }
}

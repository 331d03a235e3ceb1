/** Where in the rooms the guest is, as the address says it: `#/rooms` the list, `#/room/<id>` one of them, nothing: neither. */
import { signal } from "@preact/signals";

export type Place = { at: "elsewhere" } | { at: "list" } | { at: "room"; id: string };

function read(): Place {
  const id = /^#\/room\/(room_[\w-]{16,40})$/.exec(location.hash)?.[1];
  if (id) return { at: "room", id };
  return location.hash === "#/rooms" ? { at: "list" } : { at: "elsewhere" };
}

export const place = signal<Place>(read());
addEventListener("hashchange", () => (place.value = read()));

export const listPath = "#/rooms";
export const roomPath = (roomId: string): string => `#/room/${roomId}`;
/** For others, to come in by. */
export const linkOf = (roomId: string): string => location.origin + location.pathname + roomPath(roomId);

export function goTo(path: string): void {
  location.hash = path;
  place.value = read();
}

const ELSEWHERE = location.pathname + location.search;

/** Out of the rooms: to the pair, the search or the start, whichever there is. The browser's "back" leads in again. */
export function leaveRooms(): void {
  history.pushState(null, "", ELSEWHERE);
  place.value = read();
}

/** The same for good: who has left a room is not to join it by "back". */
export function quitRoom(): void {
  history.replaceState(null, "", ELSEWHERE);
  place.value = read();
}

/** The client as signals: components read these and nothing else. */
import { computed, signal } from "@preact/signals";
import { createClient, type ClientState, type RoomState } from "../../../shared/client/index.ts";
import type { Message } from "../../../shared/protocol/index.ts";
import { sendByXhr } from "../uploads/xhr.ts";
import { tabStorage } from "./storage.ts";

const shownListeners = new Set<(messages: readonly Message[]) => void>();

/** Calls back with messages just shown, in order. Gives the way to stop it. */
export function onShown(listener: (messages: readonly Message[]) => void): () => void {
  shownListeners.add(listener);
  return () => void shownListeners.delete(listener);
}

const apiUrl: string | undefined = import.meta.env["VITE_API_URL"];

export const client = createClient({
  httpUrl: apiUrl ?? "",
  storage: tabStorage("passerby"),
  sendForm: sendByXhr,
  onShown: (messages) => {
    for (const listener of shownListeners) listener(messages);
  },
});

export const state = signal<ClientState>(client.getState());
client.subscribe((next) => {
  state.value = next;
});

export const connection = computed(() => state.value.connection);
export const me = computed(() => state.value.user);
export const match = computed(() => state.value.match);
export const stats = computed(() => state.value.stats);

/** The room on screen: the pair one is in, or was in until the guest turns away from it. */
const lastRoomId = signal<string>();
export const room = computed<RoomState | undefined>(() => {
  const { rooms } = state.value;
  const id = match.value.state === "matched" ? match.value.roomId : lastRoomId.value;
  const found = id === undefined ? undefined : rooms[id];
  return found?.info ? found : undefined;
});

/** A guest who was here before the page was loaded is being brought back. */
export const resuming = signal(client.resume());
client.subscribe(({ connection, match }) => {
  if (connection.state === "online") resuming.value = false;
  if (match.state === "matched") lastRoomId.value = match.roomId;
});

/** An ending the guest has read. */
export const readEnding = signal<ClientState["connection"]>();

export type Screen = "start" | "resuming" | "searching" | "chat" | "over";

export const screen = computed<Screen>(() => {
  const now = connection.value;
  if (now.state === "ended" && readEnding.value !== now) return "over";
  const { state: matching } = match.value;
  if (matching === "joining" || matching === "queued" || (matching === "matched" && !room.value)) return "searching";
  if (room.value && !room.value.ended?.mine) return "chat";
  return resuming.value && now.state !== "ended" ? "resuming" : "start";
});

/** Turns away from a room that is over. */
export function closeRoom(): void {
  const over = room.value;
  lastRoomId.value = undefined;
  if (over?.ended) client.forget(over.id);
}

/** The client as signals: components read these and nothing else. */
import { computed, signal } from "@preact/signals";
import { createClient, type ClientState, type RoomState } from "../../../shared/client/index.ts";
import type { Message } from "../../../shared/protocol/index.ts";
import { place } from "../rooms/place.ts";
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

/** The pair one is in, or was in until the guest turns away from it. */
const lastPairId = signal<string>();
export const pair = computed(() => known(match.value.state === "matched" ? match.value.roomId : lastPairId.value));

/** The room on screen: the group of the address, else the pair. */
export const room = computed(() => (place.value.at === "room" ? known(place.value.id) : pair.value));

function known(id: string | undefined): RoomState | undefined {
  const found = id === undefined ? undefined : state.value.rooms[id];
  return found?.info ? found : undefined;
}

/** A guest who was here before the page was loaded is being brought back. */
export const resuming = signal(client.resume());
client.subscribe(({ connection, match }) => {
  if (connection.state === "online") resuming.value = false;
  if (match.state === "matched") lastPairId.value = match.roomId;
});

/** An ending the guest has read. */
export const readEnding = signal<ClientState["connection"]>();

export type Screen = "start" | "resuming" | "searching" | "chat" | "rooms" | "group" | "over";

export const screen = computed<Screen>(() => {
  const now = connection.value;
  if (now.state === "ended" && readEnding.value !== now) return "over";
  if (place.value.at === "room") return "group";
  const { state: matching } = match.value;
  const busy = matching !== "idle" || (pair.value && !pair.value.ended?.mine);
  // With nothing beside them the rooms stand on the start page.
  if (place.value.at === "list" && (busy || resuming.value)) return "rooms";
  if (matching === "joining" || matching === "queued" || (matching === "matched" && !pair.value)) return "searching";
  if (pair.value && !pair.value.ended?.mine) return "chat";
  return resuming.value && now.state !== "ended" ? "resuming" : "start";
});

/** Turns away from a pair that is over. */
export function closeRoom(): void {
  const over = pair.value;
  lastPairId.value = undefined;
  if (over?.ended) client.forget(over.id);
}

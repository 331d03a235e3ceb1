/** What the browser tells the client, and what the client tells the browser: network, visibility, title. */
import { computed, effect, signal } from "@preact/signals";
import { partnerOf } from "../../../shared/client/index.ts";
import { titleNote } from "./title.ts";
import { client, me, onShown, room, screen, state } from "./state.ts";
import { t } from "../words/index.ts";

export const offline = signal(false);
export const visible = signal(true);
/** Files that were chosen, a voice note that is being recorded. */
export const unsent = signal(false);
const unread = signal(0);

export function listen(): void {
  const network = () => {
    offline.value = !navigator.onLine;
    if (navigator.onLine) client.wake();
  };
  const visibility = () => {
    visible.value = document.visibilityState === "visible";
    if (!visible.value) return;
    unread.value = 0;
    client.wake();
  };
  addEventListener("online", network);
  addEventListener("offline", network);
  document.addEventListener("visibilitychange", visibility);
  network();
  visibility();

  onShown((messages) => {
    if (!visible.value) unread.value += messages.filter(({ sender }) => sender.id !== me.value?.id).length;
  });
  effect(() => {
    const partner = room.value && me.value ? partnerOf(room.value, me.value)?.username : undefined;
    const group = room.value?.info?.kind === "group" ? room.value.info.name : undefined;
    const where = {
      start: "",
      resuming: "",
      over: "",
      searching: t("searching.someone"),
      chat: partner ?? t("shell.chat"),
      rooms: t("rooms.title"),
      group: group ?? t("rooms.title"),
    };
    const title = [where[screen.value], "Passerby"].filter(Boolean).join(" · ");
    const said = unread.value > 0 ? `(${unread.value}) ${title}` : title;
    document.title = titleNote.value ? `${titleNote.value} · Passerby` : said;
  });
  // What lives as long as the page: the browser asks before it goes.
  const stay = (event: BeforeUnloadEvent) => event.preventDefault();
  const held = computed(() => unsent.value || state.value.uploads.some(({ stage }) => stage !== "failed"));
  effect(() => (held.value ? addEventListener("beforeunload", stay) : removeEventListener("beforeunload", stay)));
  // Numbers are shown while nobody is talked to.
  effect(() => client.watchStats(screen.value !== "chat" && screen.value !== "group" && visible.value));
}

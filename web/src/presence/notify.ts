/** Tells a guest who looks elsewhere that somebody is here, or has written. Says who, never what. */
import { effect } from "@preact/signals";
import { onShown, me, room, screen } from "../shell/state.ts";
import { remember, settings } from "../shell/settings.ts";
import { visible } from "../shell/browser.ts";
import { t } from "../words/index.ts";
import { partnerOf } from "../../../shared/client/index.ts";

export const mayNotify = (): NotificationPermission | "unsupported" =>
  "Notification" in window ? Notification.permission : "unsupported";

/** Asked where the guest has just said that they want it: browsers refuse anything else. */
export async function askToNotify(): Promise<boolean> {
  if (mayNotify() === "unsupported") return false;
  const granted = (await Notification.requestPermission()) === "granted";
  remember({ notify: granted });
  return granted;
}

/** By the worker where there is one: phones allow no other way. */
export async function notify(title: string): Promise<void> {
  if (visible.value || !settings.value.notify || mayNotify() !== "granted") return;
  const options = { tag: "passerby", icon: "/icon-192.png" };
  const worker = await navigator.serviceWorker?.getRegistration().catch(() => undefined);
  if (worker?.active) return worker.showNotification(title, options);
  const shown = new Notification(title, options);
  shown.addEventListener("click", () => {
    focus();
    shown.close();
  });
}

export function startNotifying(): void {
  let before = screen.peek();
  effect(() => {
    const now = screen.value;
    const name = room.value && me.value && partnerOf(room.value, me.value)?.username;
    if (before === "searching" && now === "chat" && name) void notify(t("notify.match", { name }));
    before = now;
  });
  onShown((messages) => {
    const last = messages.findLast(({ sender }) => sender.id !== me.value?.id);
    if (last) void notify(t("notify.message", { name: last.sender.username }));
  });
}

/** Which message is being answered, sought, heard, and whose menu is open. */
import { signal } from "@preact/signals";
import type { Entry } from "../../../shared/client/index.ts";

/** The key of an entry. */
export const openMenu = signal<string>();
/** Who had the keyboard in it finds it where they opened it. */
export function closeMenu(): void {
  document.querySelector<HTMLElement>(".message.open .menu-button")?.focus({ preventScroll: true });
  openMenu.value = undefined;
}
/** Whose sound plays: it stays in the page although it is out of sight. */
export const playing = signal<string>();
/** The list brings this one into view. */
export const jumpTo = signal<string>();
export const replyingTo = signal<Entry>();

export const reactions = ["👍", "❤️", "😂", "😮", "😢", "🙏"] as const;

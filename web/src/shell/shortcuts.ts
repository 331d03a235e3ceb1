/** What keys do, for the sheet and for those who listen to them. */
import type { Key } from "../words/index.ts";
import { openDialog } from "./dialogs.tsx";
import { settings } from "./settings.ts";

/** The keys of one line are pressed together; `again` follows. */
export const shortcuts = [
  { keys: ["Esc"], again: "Esc", does: "keys.next" },
  { keys: ["Esc"], does: "keys.cancel" },
  { keys: ["Enter"], does: "keys.send" },
  { keys: ["Shift", "Enter"], does: "keys.line" },
  { keys: ["/"], does: "keys.write" },
  { keys: ["Ctrl", "U"], does: "keys.attach" },
  { keys: ["M"], does: "keys.microphone" },
  { keys: ["V"], does: "keys.camera" },
  { keys: ["F8"], does: "keys.panic" },
  { keys: ["Tab"], does: "keys.tab" },
  { keys: ["?"], does: "keys.sheet" },
] as const satisfies readonly { keys: readonly string[]; again?: string; does: Key }[];

/** Does this key stand for itself, not for a letter of what is being written? Keys without Ctrl can be turned off. */
export const isCommand = (event: KeyboardEvent): boolean =>
  settings.value.shortcuts !== false &&
  !event.ctrlKey &&
  !event.metaKey &&
  !event.altKey &&
  !event.composedPath().some((one) => one instanceof Element && one.matches("input, textarea, select, dialog"));

export function listenToKeys(): void {
  addEventListener("keydown", (event) => {
    if (event.key !== "?" || !isCommand(event)) return;
    event.preventDefault();
    void openDialog("shortcuts");
  });
}

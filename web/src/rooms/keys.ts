/** The keyboard in a chat: "/" writes, Esc takes back the last thing begun, and only then means the chat itself. */
import { useEffect, useLayoutEffect } from "preact/hooks";
import { closeMenu, openMenu, replyingTo } from "../messages/selection.ts";
import { isCommand } from "../shell/shortcuts.ts";
import { chosen, unchooseAll } from "../uploads/chosen.ts";
import { forgetPreviews } from "../uploads/previews.ts";
import { closeView } from "../uploads/viewing.tsx";
import { cancelNote, note } from "../voice/state.ts";

/** @param onEscape where nothing else is open; absent in a chat that is over */
export function useChatKeys(onEscape: (() => void) | undefined): void {
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "/" && isCommand(event)) {
        event.preventDefault();
        document.getElementById("composer")?.focus();
      }
      // Held down it is one Esc, and of a word that is being composed it is not ours. A dialog, or a menu, takes its own.
      if (
        event.key !== "Escape" ||
        event.repeat ||
        event.isComposing ||
        event.defaultPrevented ||
        !onEscape ||
        document.querySelector("dialog[open], :popover-open")
      )
        return;
      if (note.value) cancelNote();
      else if (openMenu.value) closeMenu();
      else if (replyingTo.value) replyingTo.value = undefined;
      else if (chosen.value.length > 0) unchooseAll();
      else onEscape();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  });
  useEffect(
    () => () => {
      openMenu.value = undefined;
      replyingTo.value = undefined;
      closeView();
      forgetPreviews();
    },
    [],
  );
}

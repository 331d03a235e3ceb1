/** The call's keys: M and V where nothing is written, Ctrl+D and Ctrl+E anywhere, F8 for the way out. */
import { useLayoutEffect } from "preact/hooks";
import { isCommand } from "../shell/shortcuts.ts";
import { toggleCamera, toggleMicrophone } from "./course.ts";
import { panic } from "./panic.tsx";
import { beside, small } from "./view.ts";

export function useKeys(): void {
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const key = event.key.toLowerCase();
      const alone = !event.ctrlKey && !event.metaKey && !event.altKey;
      const control = event.ctrlKey && !event.altKey && !event.shiftKey;
      const done = (act: () => unknown) => {
        event.preventDefault();
        void act();
      };
      if (event.repeat) return;
      if (key === "f8" && alone) return done(panic);
      if (document.querySelector("dialog[open]")) return;
      if ((control && key === "d") || (key === "m" && isCommand(event))) done(toggleMicrophone);
      else if ((control && key === "e") || (key === "v" && isCommand(event))) done(toggleCamera);
      // Esc belongs to the chat, where it means "next": not from within the call.
      else if (key === "escape" && !small.value && (!beside.value || inCall(event.target)))
        done(() => beside.value || (small.value = true));
    };
    addEventListener("keydown", onKey, { capture: true });
    return () => removeEventListener("keydown", onKey, { capture: true });
  }, []);
}

const inCall = (target: EventTarget | null) => (target as Element | null)?.closest?.(".call") !== null;

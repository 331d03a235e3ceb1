/** Opens the picker, which is loaded when it is first wanted. */
import { signal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../shell/icon.tsx";
import { say } from "../shell/notice.tsx";
import { t } from "../words/index.ts";

/** Open, they close by themselves. */
const ofSkinTones = (event: KeyboardEvent) => (event.composedPath()[0] as Element).id === "skintone-list";

const Picker = signal<{ component: FunctionComponent<{ onPick: (emoji: string) => void }> }>();

export function EmojiButton({ onPick }: { onPick: (emoji: string) => void }) {
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    const outside = (event: PointerEvent) => !place.current?.contains(event.target as Node) && setOpen(false);
    // Before the chat, for which Esc means something else.
    const escape = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || ofSkinTones(event)) return;
      event.preventDefault();
      setOpen(false);
      place.current?.querySelector<HTMLElement>(".icon-button")?.focus();
    };
    addEventListener("pointerdown", outside);
    addEventListener("keydown", escape, { capture: true });
    return () => {
      removeEventListener("pointerdown", outside);
      removeEventListener("keydown", escape, { capture: true });
    };
  }, [open]);
  const toggle = async () => {
    try {
      Picker.value ??= { component: (await import("./picker.tsx")).Picker };
      setOpen(!open);
    } catch {
      say(t("shell.not-opened"));
    }
  };
  const Loaded = Picker.value?.component;
  return (
    <div class="emoji-place" ref={place}>
      {open && Loaded && <Loaded onPick={onPick} />}
      <button
        type="button"
        class="icon-button"
        aria-label={t("composer.emoji")}
        title={t("composer.emoji")}
        aria-expanded={open}
        onClick={() => void toggle()}
      >
        <Icon name="smile" />
      </button>
    </div>
  );
}

/** All emoji above the composer, by group or by search. Arrow keys go through them; Esc goes back to the text. */
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../words/index.ts";
import { allEmoji, findEmoji, groups, type Emoji } from "./data.ts";

interface PickerProps {
  onPick: (emoji: string) => void;
}

/** More than a screen or two nobody looks through. */
const MOST_FOUND = 120;

export function Picker({ onPick }: PickerProps) {
  const [all, setAll] = useState<readonly Emoji[]>([]);
  const [group, setGroup] = useState<number>(groups[0].group);
  const [text, setText] = useState("");
  const search = useRef<HTMLInputElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  useEffect(() => {
    search.current?.focus();
    void allEmoji().then(setAll, () => undefined);
  }, []);
  const shown = text.trim() ? findEmoji(all, text).slice(0, MOST_FOUND) : all.filter((one) => one[1] === group);

  const move = (event: KeyboardEvent) => {
    const buttons = [...grid.current!.querySelectorAll("button")];
    const from = buttons.indexOf(event.target as HTMLButtonElement);
    const columns = Math.max(
      1,
      buttons.findIndex(({ offsetTop }) => offsetTop > buttons[0]!.offsetTop),
    );
    const forward = getComputedStyle(grid.current!).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: -1, ArrowUp: -columns, ArrowDown: columns };
    steps[forward] = 1;
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    buttons[from + step]?.focus();
  };

  return (
    <div class="emoji" role="group" aria-label={t("composer.emoji")}>
      <input
        ref={search}
        type="search"
        value={text}
        placeholder={t("emoji.search")}
        aria-label={t("emoji.search")}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          // Enter must not send the message.
          if (event.key === "Enter") event.preventDefault();
          if (event.key !== "ArrowDown") return;
          event.preventDefault();
          grid.current?.querySelector("button")?.focus();
        }}
      />
      <div class="emoji-groups">
        {groups.map(({ group: one, sign, name }) => (
          <button
            key={one}
            type="button"
            aria-label={t(name)}
            title={t(name)}
            aria-pressed={!text && group === one}
            onClick={() => {
              setText("");
              setGroup(one);
            }}
          >
            {sign}
          </button>
        ))}
      </div>
      {/* One stop of the Tab key; the arrows do the rest. */}
      <div class="emoji-grid" ref={grid} onKeyDown={move}>
        {shown.map(([emoji, , name], index) => (
          <button
            key={emoji}
            type="button"
            aria-label={name}
            title={name}
            tabIndex={index === 0 ? 0 : -1}
            onClick={() => onPick(emoji)}
          >
            {emoji}
          </button>
        ))}
      </div>
      <p role="status" class="emoji-none">
        {all.length > 0 && shown.length === 0 && t("emoji.none")}
      </p>
    </div>
  );
}

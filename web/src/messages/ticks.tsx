import type { Progress } from "../../../shared/client/index.ts";
import { Icon } from "../shell/icon.tsx";

const looks = {
  sending: { icon: "clock", word: "Sending" },
  failed: { icon: "alert", word: "Not sent" },
  sent: { icon: "check", word: "Sent" },
  delivered: { icon: "checks", word: "Delivered" },
  read: { icon: "checks", word: "Read" },
} as const satisfies Record<Progress, unknown>;

/** A clock, one tick, two, two in the accent colour; the word is for those who hear the page. */
export function Ticks({ progress }: { progress: Progress }) {
  const { icon, word } = looks[progress];
  return (
    <span class={`ticks ${progress}`} title={word}>
      <Icon name={icon} />
      <span class="hidden">{word}</span>
    </span>
  );
}

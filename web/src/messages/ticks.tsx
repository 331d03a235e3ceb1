import type { Progress } from "../../../shared/client/index.ts";
import { Icon } from "../shell/icon.tsx";
import { t } from "../words/index.ts";

const looks = {
  sending: { icon: "clock", word: "tick.sending" },
  failed: { icon: "alert", word: "tick.failed" },
  sent: { icon: "check", word: "tick.sent" },
  delivered: { icon: "checks", word: "tick.delivered" },
  read: { icon: "checks", word: "tick.read" },
} as const satisfies Record<Progress, unknown>;

/** A clock, one tick, two, two in the accent colour; the word is for those who hear the page. */
export function Ticks({ progress }: { progress: Progress }) {
  const { icon, word } = looks[progress];
  return (
    <span class={`ticks ${progress}`} title={t(word)}>
      <Icon name={icon} />
      <span class="hidden">{t(word)}</span>
    </span>
  );
}

/** Which message the next one answers. */
import { Icon } from "../shell/icon.tsx";
import { replyingTo } from "./selection.ts";
import { excerptOf } from "./text.tsx";
import { t } from "../words/index.ts";

export function Answering({ name }: { name: string }) {
  const entry = replyingTo.value;
  if (!entry) return null;
  return (
    <div class="answering">
      <Icon name="reply" />
      <p>
        <strong>{entry.mine ? t("list.you") : name}</strong>
        <span dir="auto">{excerptOf(entry)}</span>
      </p>
      <button
        type="button"
        class="icon-button"
        aria-label={t("composer.no-reply")}
        onClick={() => (replyingTo.value = undefined)}
      >
        <Icon name="x" />
      </button>
    </div>
  );
}

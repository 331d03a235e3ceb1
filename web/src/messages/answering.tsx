/** Which message the next one answers. */
import { Icon } from "../shell/icon.tsx";
import { replyingTo } from "./selection.ts";
import { excerptOf } from "./text.tsx";

export function Answering({ name }: { name: string }) {
  const entry = replyingTo.value;
  if (!entry) return null;
  return (
    <div class="answering">
      <Icon name="reply" />
      <p>
        <strong>{entry.mine ? "You" : name}</strong>
        <span dir="auto">{excerptOf(entry)}</span>
      </p>
      <button type="button" class="icon-button" aria-label="Don't reply" onClick={() => (replyingTo.value = undefined)}>
        <Icon name="x" />
      </button>
    </div>
  );
}

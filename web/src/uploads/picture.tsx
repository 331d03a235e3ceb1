/** A picture in the talk. Its place is reserved before it is loaded, so that nothing jumps. */
import { signal } from "@preact/signals";
import type { LocalAttachment } from "../../../shared/client/index.ts";
import { view } from "./viewing.tsx";
import { Icon } from "../shell/icon.tsx";
import { settings } from "../shell/settings.ts";
import { t } from "../words/index.ts";

const MAX = { width: 320, height: 340 };
const LEAST = 48;
/** Where nobody knows the size. */
const UNKNOWN = { width: 240, height: 180 };

/** As large as the place allows, no larger than it is; a sliver is cut rather than lost. */
export function fit({ width, height }: { width?: number; height?: number }): { width: number; height: number } {
  if (!width || !height) return UNKNOWN;
  const scale = Math.min(1, MAX.width / width, MAX.height / height);
  return { width: Math.max(LEAST, Math.round(width * scale)), height: Math.max(LEAST, Math.round(height * scale)) };
}

interface PictureProps {
  attachment: LocalAttachment;
  src: string;
  url: string | undefined;
  /** Who sent it is a stranger: it is seen when it is wanted. */
  strange: boolean;
  onError: () => void;
}

/** What was uncovered stays so, although its row comes and goes with scrolling. */
const uncovered = signal<ReadonlySet<string>>(new Set());

export function Picture({ attachment, src, url, strange, onError }: PictureProps) {
  const { filename } = attachment;
  const covered = strange && settings.value.blur !== false && !uncovered.value.has(src);
  const uncover = () => (uncovered.value = new Set([...uncovered.value, src]));
  return (
    <button
      type="button"
      class={covered ? "picture covered" : "picture"}
      aria-label={t(covered ? "files.show-photo" : "files.open-photo", { filename })}
      onClick={() => (covered ? uncover() : void view({ attachment, src, url }))}
    >
      <img src={src} alt="" {...fit(attachment)} decoding="async" onError={onError} />
      {covered && (
        <span class="cover">
          <Icon name="eye" />
          {t("files.tap-to-see")}
        </span>
      )}
    </button>
  );
}

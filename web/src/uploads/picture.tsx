/** A picture in the talk. Its place is reserved before it is loaded, so that nothing jumps. */
import type { LocalAttachment } from "../../../shared/client/index.ts";
import { view } from "./viewing.tsx";
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
  onError: () => void;
}

export function Picture({ attachment, src, url, onError }: PictureProps) {
  return (
    <button
      type="button"
      class="picture"
      aria-label={t("files.open-photo", { filename: attachment.filename })}
      onClick={() => void view({ attachment, src, url })}
    >
      <img src={src} alt="" {...fit(attachment)} decoding="async" onError={onError} />
    </button>
  );
}

/** A picture or a video, as large as the screen. A native dialog: Esc closes it, the rest of the page is inert. */
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../shell/icon.tsx";
import { Download, FileWords } from "./file.tsx";
import type { Viewed } from "./viewing.tsx";
import { t } from "../words/index.ts";

export function Viewer({ attachment, src, url, onClose }: Viewed & { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const { filename, contentType } = attachment;
  return (
    <dialog
      ref={dialog}
      class="viewer"
      aria-label={filename}
      onClose={onClose}
      onClick={(event) => (event.target as Element).closest("img, video, header") ?? dialog.current?.close()}
    >
      <header>
        <FileWords attachment={attachment} />
        <Download attachment={attachment} url={url} />
        <button type="button" class="icon-button" aria-label={t("shell.close")} onClick={() => dialog.current?.close()}>
          <Icon name="x" />
        </button>
      </header>
      <div class="viewer-body">
        {contentType.startsWith("video/") ? (
          // oxlint-disable-next-line jsx-a11y/media-has-caption
          <video src={src} controls autoplay playsInline />
        ) : (
          <img src={src} alt={filename} />
        )}
      </div>
    </dialog>
  );
}

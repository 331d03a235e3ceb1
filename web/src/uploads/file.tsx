/** A file that is not shown in place: what it is called, how large, for how long, and a way to have it. */
import type { LocalAttachment } from "../../../shared/client/index.ts";
import { Icon, type IconName } from "../shell/icon.tsx";
import { view } from "./viewing.tsx";
import { expiry, sizeOf } from "./words.ts";
import { t } from "../words/index.ts";

export function fileIcon(contentType: string): IconName {
  if (contentType.startsWith("image/")) return "fileImage";
  if (contentType.startsWith("video/")) return "fileVideo";
  if (contentType.startsWith("audio/")) return "fileAudio";
  return /zip|rar|tar|gzip/.test(contentType) ? "fileArchive" : "fileText";
}

interface FileCardProps {
  attachment: LocalAttachment;
  /** Where it can be shown from, also before it is sent. */
  src: string | undefined;
  /** Where it can be had from. */
  url: string | undefined;
}

export function FileCard({ attachment, src, url }: FileCardProps) {
  const { filename, contentType } = attachment;
  const playable = src !== undefined && document.createElement("video").canPlayType(contentType) !== "";
  return (
    <div class="file">
      {contentType.startsWith("video/") && playable ? (
        <button
          type="button"
          class="file-icon"
          aria-label={t("files.play", { filename })}
          onClick={() => void view({ attachment, src, url })}
        >
          <Icon name="play" />
        </button>
      ) : (
        <span class="file-icon">
          <Icon name={fileIcon(contentType)} />
        </span>
      )}
      <FileWords attachment={attachment} />
      <Download attachment={attachment} url={url} />
    </div>
  );
}

/** What it is called, how large, and for how long; each whole where the line has to break. */
export function FileWords({ attachment }: Pick<FileCardProps, "attachment">) {
  const left = expiry(attachment);
  return (
    <div class="file-words">
      <p class="file-name" dir="auto">
        {attachment.filename}
      </p>
      <p class="about">
        <span>
          {sizeOf(attachment.sizeBytes)}
          {left && " ·"}
        </span>{" "}
        <span>{left}</span>
      </p>
    </div>
  );
}

/** Into a tab of its own where the store is another origin, which may show what it likes: the chat stays. */
export function Download({ attachment: { filename }, url }: Pick<FileCardProps, "attachment" | "url">) {
  if (url === undefined) return null;
  return (
    <a
      class="icon-button"
      href={url}
      download={filename}
      target="_blank"
      rel="noopener noreferrer"
      aria-label={t("files.download", { filename })}
    >
      <Icon name="download" />
    </a>
  );
}

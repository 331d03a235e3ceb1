/** How far a file on its way is, and the way to stop it. */
import type { UploadItem } from "../../../shared/client/index.ts";
import { Icon } from "../shell/icon.tsx";
import { client, connection } from "../shell/state.ts";
import { kindOf, sizeOf } from "./words.ts";
import { t } from "../words/index.ts";

export function UploadProgress({ item }: { item: UploadItem }) {
  const { stage, sentBytes, attachment, clientMessageId } = item;
  const name = kindOf(item);
  const words = () => {
    if (stage === "sending") return t("files.of", { sent: sizeOf(sentBytes), size: sizeOf(attachment.sizeBytes) });
    if (stage === "checking") return t("files.checking");
    return t(connection.value.state === "online" ? "files.waiting" : "files.waiting-connection");
  };
  return (
    <div class="upload">
      <div class="upload-words">
        <progress
          aria-label={t("files.sending", { name })}
          max={attachment.sizeBytes}
          {...(stage === "sending" && { value: sentBytes })}
        />
        <p class="about">
          {words()}
          <span class="upload-hint">{t("files.keep-open")}</span>
        </p>
      </div>
      <button
        type="button"
        class="icon-button"
        aria-label={t("files.cancel", { name })}
        onClick={() => client.discard(clientMessageId)}
      >
        <Icon name="x" />
      </button>
    </div>
  );
}

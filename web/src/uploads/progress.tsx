/** How far a file on its way is, and the way to stop it. */
import type { UploadItem } from "../../../shared/client/index.ts";
import { Icon } from "../shell/icon.tsx";
import { client, connection } from "../shell/state.ts";
import { kindOf, sizeOf } from "./words.ts";

export function UploadProgress({ item }: { item: UploadItem }) {
  const { stage, sentBytes, attachment, clientMessageId } = item;
  const name = kindOf(item);
  const words = () => {
    if (stage === "sending") return `${sizeOf(sentBytes)} of ${sizeOf(attachment.sizeBytes)}`;
    if (stage === "checking") return "Checking…";
    return connection.value.state === "online" ? "Waiting…" : "Waiting for the connection…";
  };
  return (
    <div class="upload">
      <div class="upload-words">
        <progress
          aria-label={`Sending ${name}`}
          max={attachment.sizeBytes}
          {...(stage === "sending" && { value: sentBytes })}
        />
        <p class="about">
          {words()}
          <span class="upload-hint">Keep this page open</span>
        </p>
      </div>
      <button
        type="button"
        class="icon-button"
        aria-label={`Cancel sending ${name}`}
        onClick={() => client.discard(clientMessageId)}
      >
        <Icon name="x" />
      </button>
    </div>
  );
}

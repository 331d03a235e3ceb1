/** Under a message that was not sent: why, and what the guest can do about it. */
import type { Entry } from "../../../shared/client/index.ts";
import { isRetry, type ErrorBody } from "../../../shared/protocol/errors.ts";
import { sentenceFor } from "../shell/errors.ts";
import { client } from "../shell/state.ts";
import { fileSentence } from "../uploads/words.ts";
import { t } from "../words/index.ts";

/** A file that was refused for what it is will be refused again. */
const mayHelp = (error: ErrorBody | undefined): boolean =>
  error === undefined || isRetry(error.code) || error.code === "conflict";

export function Failed({ entry: { attachment, error, clientMessageId } }: { entry: Entry }) {
  return (
    <p class="failed" role="alert">
      {attachment ? fileSentence(error) : sentenceFor(error)}
      {(!attachment || mayHelp(error)) && (
        <button type="button" class="link" onClick={() => client.retry(clientMessageId)}>
          {t("message.retry")}
        </button>
      )}
      <button type="button" class="link" onClick={() => client.discard(clientMessageId)}>
        {t("message.discard")}
      </button>
    </p>
  );
}

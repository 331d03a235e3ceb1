/** In a call: why a microphone, a camera or a screen is not there, until it is, or the guest has read it. */
import { t } from "../words/index.ts";
import { CallIcon } from "./icon.tsx";
import { open, troubles, type Source } from "./media.ts";
import { plan } from "./state.ts";
import { troubleSentence } from "./words.ts";

export function Troubles() {
  if (plan.value) return null;
  const now = (Object.entries(troubles.value) as [Source, string | undefined][]).filter(([, name]) => name);
  return (
    <>
      {now.map(([source, name]) => (
        <div key={source} class="call-note" role="alert">
          <p>{troubleSentence(source, name!)}</p>
          <div class="call-choices">
            <button type="button" class="button" onClick={() => void open(source)}>
              {t("shell.try-again")}
            </button>
            <button
              type="button"
              class="icon-button"
              aria-label={t("shell.dismiss")}
              onClick={() => (troubles.value = { ...troubles.value, [source]: undefined })}
            >
              <CallIcon name="x" />
            </button>
          </div>
        </div>
      ))}
    </>
  );
}

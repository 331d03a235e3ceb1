/** Before a call: the browser asks for devices, or has said no. */
import { t } from "../words/index.ts";
import { goOnWithout, hangUp, tryAgain } from "./course.ts";
import { troubles } from "./media.ts";
import { plan } from "./state.ts";
import { troubleSentence } from "./words.ts";

export function Prepare() {
  const now = plan.value;
  if (!now) return null;
  const { missing, media } = now;
  if (!missing)
    return (
      <p class="call-note" role="status">
        {t(media === "video" ? "call.allow-both" : "call.allow-microphone")}
      </p>
    );
  return (
    <div class="call-note" role="alert">
      <p>{troubleSentence(missing, troubles.value[missing] ?? "")}</p>
      <div class="call-choices">
        <button type="button" class="button primary" onClick={() => void tryAgain()}>
          {t("shell.try-again")}
        </button>
        <button type="button" class="button" onClick={() => void goOnWithout()}>
          {t(missing === "camera" ? "call.without-camera" : "call.without-microphone")}
        </button>
        <button type="button" class="button quiet" onClick={hangUp}>
          {t("call.cancel")}
        </button>
      </div>
    </div>
  );
}

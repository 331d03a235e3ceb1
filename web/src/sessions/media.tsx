/** Text, voice or video: whom we look for first, and whether a call begins as soon as two have met. */
import { canCall } from "../calls/state.ts";
import { Icon } from "../shell/icon.tsx";
import { media } from "./form.ts";
import { t } from "../words/index.ts";

const choices = { text: "message", audio: "phone", video: "video" } as const;

export function MediaField() {
  if (!canCall) return null;
  return (
    <fieldset class="field">
      <legend>{t("media.label")}</legend>
      <div class="segments">
        {(Object.keys(choices) as (keyof typeof choices)[]).map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="media"
              value={one}
              checked={media.value === one}
              onChange={() => (media.value = one)}
            />
            <span>
              <Icon name={choices[one]} />
              {t(`media.${one}`)}
            </span>
          </label>
        ))}
      </div>
      {media.value !== "text" && <p class="hint">{t("media.hint")}</p>}
    </fieldset>
  );
}

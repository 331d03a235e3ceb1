import { useRef } from "preact/hooks";
import { limits } from "../../../shared/protocol/limits.ts";
import { Icon } from "../shell/icon.tsx";
import { addInterests, interests, removeInterest } from "./form.ts";
import { t } from "../words/index.ts";

/** Words as chips: Enter or a comma adds one, Backspace in the empty field takes the last one back. */
export function Interests() {
  const input = useRef<HTMLInputElement>(null);
  const full = interests.value.length >= limits.interests;
  const take = (field: HTMLInputElement) => {
    addInterests(field.value);
    field.value = "";
  };
  return (
    <div class="field">
      <label for="interests">
        {t("interests.label")} <span class="optional">{t("interests.optional")}</span>
      </label>
      <div class="chips" onClick={() => input.current?.focus()}>
        {interests.value.map((word) => (
          <span key={word} class="chip">
            <bdi>{word}</bdi>
            <button type="button" aria-label={t("interests.remove", { word })} onClick={() => removeInterest(word)}>
              <Icon name="x" />
            </button>
          </span>
        ))}
        <input
          id="interests"
          ref={input}
          autocomplete="off"
          enterkeyhint="done"
          disabled={full}
          placeholder={t(
            full ? "interests.full" : interests.value.length > 0 ? "interests.more" : "interests.examples",
          )}
          aria-describedby="interests-hint"
          // Not `maxLength`: a pasted list is longer than any of its words.
          onInput={(event) => {
            const field = event.currentTarget;
            if (field.value.includes(",")) take(field);
            else if (field.value.length > limits.interestMax) field.value = field.value.slice(0, limits.interestMax);
          }}
          onBlur={(event) => take(event.currentTarget)}
          onKeyDown={(event) => {
            const field = event.currentTarget;
            if (event.key === "Enter" && field.value.trim() && !event.isComposing) {
              event.preventDefault();
              take(field);
            } else if (event.key === "Backspace" && field.value === "") {
              const last = interests.value.at(-1);
              if (last) removeInterest(last);
            }
          }}
        />
      </div>
      <p class="hint" id="interests-hint">
        {t("interests.hint")}
      </p>
    </div>
  );
}

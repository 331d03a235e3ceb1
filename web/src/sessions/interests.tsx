import { useRef } from "preact/hooks";
import { limits } from "../../../shared/protocol/limits.ts";
import { Icon } from "../shell/icon.tsx";
import { addInterests, interests, removeInterest } from "./form.ts";

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
        Interests <span class="optional">optional</span>
      </label>
      <div class="chips" onClick={() => input.current?.focus()}>
        {interests.value.map((word) => (
          <span key={word} class="chip">
            <bdi>{word}</bdi>
            <button type="button" aria-label={`Remove ${word}`} onClick={() => removeInterest(word)}>
              <Icon name="x" />
            </button>
          </span>
        ))}
        <input
          id="interests"
          ref={input}
          maxLength={limits.interestMax}
          autocomplete="off"
          enterkeyhint="done"
          disabled={full}
          placeholder={
            full ? "That's ten, enough for anyone" : interests.value.length > 0 ? "one more?" : "music, hiking, chess…"
          }
          aria-describedby="interests-hint"
          onInput={(event) => event.currentTarget.value.includes(",") && take(event.currentTarget)}
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
        We look for someone who shares one of them first.
      </p>
    </div>
  );
}

import { useState } from "preact/hooks";
import { limits } from "../../../shared/protocol/limits.ts";
import { Icon } from "../shell/icon.tsx";
import { name, problem, rollName } from "./form.ts";
import { t } from "../words/index.ts";

/** Prefilled with a free name; the dice suggests another. */
export function NameField() {
  const [rolls, setRolls] = useState(0);
  const wrong = problem.value?.field === "username" ? problem.value.text : undefined;
  return (
    <div class="field">
      <label for="name">{t("name.label")}</label>
      <div class="joined">
        <input
          id="name"
          value={name.value}
          maxLength={limits.usernameMax}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          aria-invalid={wrong !== undefined}
          aria-describedby="name-problem"
          onInput={(event) => {
            name.value = event.currentTarget.value;
            if (wrong) problem.value = undefined;
          }}
        />
        <button
          type="button"
          class="icon-button"
          aria-label={t("name.roll")}
          title={t("name.roll")}
          onClick={() => {
            setRolls(rolls + 1);
            void rollName();
          }}
        >
          <span key={rolls} class={rolls > 0 ? "dice rolling" : "dice"}>
            <Icon name="dices" />
          </span>
        </button>
      </div>
      <p class="problem" id="name-problem" role="alert">
        {wrong}
      </p>
    </div>
  );
}

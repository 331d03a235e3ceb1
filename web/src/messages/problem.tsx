/** Why a file or a voice note cannot be sent, beside where it would have been, until the guest has read it. */
import { signal } from "@preact/signals";
import { Icon } from "../shell/icon.tsx";
import { t } from "../words/index.ts";

export const problem = signal<string>();

export function Problem() {
  return (
    <div role="alert" class="composer-problem-place">
      {problem.value && (
        <p class="composer-problem">
          <Icon name="alert" />
          <span>{problem.value}</span>
          <button
            type="button"
            class="icon-button"
            aria-label={t("shell.dismiss")}
            onClick={() => {
              problem.value = undefined;
              document.getElementById("composer")?.focus();
            }}
          >
            <Icon name="x" />
          </button>
        </p>
      )}
    </div>
  );
}

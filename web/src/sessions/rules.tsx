import { Icon } from "../shell/icon.tsx";
import { t } from "../words/index.ts";
import { Rich } from "../words/rich.tsx";

/** House rules and what is kept, in plain words. */
export function Rules() {
  return (
    <footer class="rules">
      <p>
        <Icon name="shield" />
        <span>
          <Rich text={t("rules.behave")} />
        </span>
      </p>
      <p>
        <Icon name="hourglass" />
        <span>
          <Rich text={t("rules.kept")} />
        </span>
      </p>
    </footer>
  );
}

import { t } from "../words/index.ts";
import { openDialog } from "./dialogs.tsx";
import { Icon } from "./icon.tsx";

export function SettingsButton() {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={t("settings.title")}
      title={t("settings.title")}
      aria-haspopup="dialog"
      onClick={() => void openDialog("settings")}
    >
      <Icon name="settings" />
    </button>
  );
}

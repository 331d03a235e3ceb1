/** What the guest may have otherwise. Each choice holds at once; nothing has to be saved. */
import { useState } from "preact/hooks";
import { askToNotify, mayNotify } from "../presence/notify.ts";
import { t } from "../words/index.ts";
import { Dialog } from "./dialog.tsx";
import { openDialog } from "./dialogs.tsx";
import { PageLanguage } from "./language.tsx";
import { sayFailure } from "./notice.tsx";
import { remember, settings } from "./settings.ts";
import { client, closeRoom, me } from "./state.ts";
import { themes } from "./theme.ts";

export function SettingsDialog({ onClose }: { onClose: () => void }) {
  const { theme = "system", blur = true, shortcuts = true, notify = false } = settings.value;
  return (
    <Dialog title={t("settings.title")} onClose={onClose}>
      <div class="setting">
        <span>{t("settings.language")}</span>
        <PageLanguage />
      </div>
      <fieldset class="setting">
        <legend>{t("settings.theme")}</legend>
        <div class="segments">
          {themes.map((one) => (
            <label key={one}>
              <input
                type="radio"
                name="theme"
                value={one}
                checked={theme === one}
                onChange={() => remember({ theme: one })}
              />
              <span>{t(`settings.theme-${one}`)}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <Switch
        name={t("settings.notify")}
        about={t(mayNotify() === "denied" ? "settings.notify-denied" : "settings.notify-about")}
        on={notify && mayNotify() === "granted"}
        disabled={mayNotify() === "denied" || mayNotify() === "unsupported"}
        onChange={(on) => (on ? void askToNotify() : remember({ notify: false }))}
      />
      <Switch
        name={t("settings.blur")}
        about={t("settings.blur-about")}
        on={blur}
        onChange={(blur) => remember({ blur })}
      />
      <Switch
        name={t("settings.shortcuts")}
        about={t("settings.shortcuts-about")}
        on={shortcuts}
        onChange={(shortcuts) => remember({ shortcuts })}
      />
      <p class="setting-links">
        <button type="button" class="link" onClick={() => void openDialog("shortcuts")}>
          {t("keys.title")}
        </button>
        <a class="link" href="/status" target="_blank" rel="noopener">
          {t("status.title")}
        </a>
      </p>
      {me.value && <Forget onDone={onClose} />}
    </Dialog>
  );
}

interface SwitchProps {
  name: string;
  about: string;
  on: boolean;
  disabled?: boolean;
  onChange: (on: boolean) => void;
}

function Switch({ name, about, on, disabled = false, onChange }: SwitchProps) {
  return (
    <label class="setting">
      <span>
        {name}
        <span class="hint">{about}</span>
      </span>
      <input
        type="checkbox"
        role="switch"
        checked={on}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    </label>
  );
}

/** Everything about this guest goes at once, here and on the server. Asked twice. */
function Forget({ onDone }: { onDone: () => void }) {
  const [sure, setSure] = useState(false);
  const forget = async () => {
    if (!sure) return setSure(true);
    try {
      await client.signOut();
      closeRoom();
      onDone();
    } catch (error) {
      sayFailure(error);
    }
  };
  return (
    <button type="button" class={sure ? "button wide danger sure" : "button wide danger"} onClick={() => void forget()}>
      {t(sure ? "settings.forget-sure" : "settings.forget")}
    </button>
  );
}

/** The first screen: what this is, who you are, what you like, go. */
import { useEffect } from "preact/hooks";
import { Live } from "../presence/live.tsx";
import { Lobby } from "../rooms/lobby.tsx";
import { Brand } from "../shell/brand.tsx";
import { offline } from "../shell/browser.ts";
import { Icon } from "../shell/icon.tsx";
import { PageLanguage } from "../shell/language.tsx";
import { SettingsButton } from "../shell/settings-button.tsx";
import { languages } from "../shell/words.ts";
import { language, name, problem, rollName, start, starting } from "./form.ts";
import { Interests } from "./interests.tsx";
import { MediaField } from "./media.tsx";
import { NameField } from "./name.tsx";
import { Rules } from "./rules.tsx";
import { t } from "../words/index.ts";

export function Start() {
  // What went wrong without a network is worth another try with one.
  useEffect(() => {
    if (offline.value) return;
    problem.value = undefined;
    if (!name.value) void rollName();
  }, [offline.value]);
  const general = problem.value && !problem.value.field ? problem.value.text : undefined;
  return (
    <main class="start">
      <section class="start-intro">
        <div class="start-top">
          <Brand />
          <div class="start-tools">
            <PageLanguage />
            <SettingsButton />
          </div>
        </div>
        <h1>{t("start.title")}</h1>
        <p class="lead">{t("start.lead")}</p>
      </section>
      <form
        class="card"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void start();
        }}
      >
        <NameField />
        <Interests />
        <div class="field">
          <label for="language">{t("language.label")}</label>
          <div class="select">
            <select
              id="language"
              value={language.value}
              onChange={(event) => (language.value = event.currentTarget.value)}
            >
              <option value="">{t("language.any")}</option>
              {languages.map(({ tag, name }) => (
                <option key={tag} value={tag} lang={tag}>
                  {name}
                </option>
              ))}
            </select>
          </div>
        </div>
        <MediaField />
        <p class="problem" role="alert">
          {general && (
            <>
              <Icon name="alert" />
              {general}
            </>
          )}
        </p>
        <button type="submit" class="button primary wide" disabled={starting.value}>
          {t(starting.value ? "start.connecting" : "start.go")}
        </button>
        <Live />
      </form>
      <Lobby />
      <Rules />
    </main>
  );
}

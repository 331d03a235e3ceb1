/** The first screen: what this is, who you are, what you like, go. */
import { useEffect } from "preact/hooks";
import { Live } from "../presence/live.tsx";
import { Brand } from "../shell/brand.tsx";
import { Icon } from "../shell/icon.tsx";
import { languages } from "../shell/words.ts";
import { language, name, problem, rollName, start, starting } from "./form.ts";
import { Interests } from "./interests.tsx";
import { NameField } from "./name.tsx";
import { Rules } from "./rules.tsx";

export function Start() {
  useEffect(() => {
    if (!name.value) void rollName();
  }, []);
  const general = problem.value && !problem.value.field ? problem.value.text : undefined;
  return (
    <main class="start">
      <section class="start-intro">
        <Brand />
        <h1>Meet someone passing by.</h1>
        <p class="lead">
          Passerby pairs you with a stranger for a talk. There is no account, and everything is forgotten within
          24&nbsp;hours.
        </p>
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
          <label for="language">Language</label>
          <div class="select">
            <select
              id="language"
              value={language.value}
              onChange={(event) => (language.value = event.currentTarget.value)}
            >
              <option value="">Any language</option>
              {languages.map(({ tag, name }) => (
                <option key={tag} value={tag} lang={tag}>
                  {name}
                </option>
              ))}
            </select>
          </div>
        </div>
        <button type="submit" class="button primary wide" disabled={starting.value}>
          {starting.value ? "Connecting…" : "Start chatting"}
        </button>
        <Live />
        <p class="problem" role="alert">
          {general && (
            <>
              <Icon name="alert" />
              {general}
            </>
          )}
        </p>
      </form>
      <Rules />
    </main>
  );
}

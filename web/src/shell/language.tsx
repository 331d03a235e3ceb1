/** The language of the page itself; whom one wants to talk to is another matter. */
import { choose, locale, t } from "../words/index.ts";
import { locales, type Locale } from "../words/locales.ts";
import { Icon } from "./icon.tsx";
import { sayFailure } from "./notice.tsx";

export function PageLanguage() {
  return (
    <label class="page-language">
      <Icon name="globe" />
      <select
        aria-label={t("settings.language")}
        value={locale.value}
        onChange={(event) => {
          const field = event.currentTarget;
          choose(field.value as Locale).catch((error: unknown) => {
            field.value = locale.value;
            sayFailure(error);
          });
        }}
      >
        {Object.entries(locales).map(([tag, { name }]) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

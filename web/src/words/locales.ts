/** The languages of the page, in their own names. */
export const locales = {
  en: { name: "English", dir: "ltr" },
  es: { name: "Español", dir: "ltr" },
  de: { name: "Deutsch", dir: "ltr" },
  ar: { name: "العربية", dir: "rtl" },
} as const;

export type Locale = keyof typeof locales;

export const isLocale = (tag: string): tag is Locale => Object.hasOwn(locales, tag);

/** The first of the wanted languages that we have. */
export const bestOf = (wanted: readonly string[]): Locale =>
  wanted.map((tag) => tag.split("-")[0]!.toLowerCase()).find(isLocale) ?? "en";

/** For dates, numbers and lists: with the region the browser knows; the digits of a sentence are those of its times and sizes. */
export function formatTag(locale: Locale, wanted: readonly string[]): string {
  const tag = wanted.find((tag) => tag.split("-")[0]!.toLowerCase() === locale) ?? locale;
  return locale === "ar" ? `${tag}-u-nu-latn` : tag;
}

/** Every sentence of the page by its key, in the language of the page. English is there at once, others when asked for. */
import { setupI18n } from "@lingui/core";
import { computed, effect, signal } from "@preact/signals";
import { remember, settings } from "../shell/settings.ts";
import en from "./en/index.ts";
import { bestOf, formatTag, isLocale, locales, type Locale } from "./locales.ts";
import type { Params } from "./params.ts";

type Sentences = typeof en;
export type Key = keyof Sentences;
type Values<S extends string> = [Params<S>] extends [never] ? [] : [values: Record<Params<S>, string | number>];
export type Sayer<All extends Record<string, string>> = <K extends keyof All & string>(
  key: K,
  ...[values]: Values<All[K]>
) => string;

const load: Record<Exclude<Locale, "en">, () => Promise<{ default: Record<Key, unknown> }>> = {
  es: () => import("./es/index.ts"),
  de: () => import("./de/index.ts"),
  ar: () => import("./ar/index.ts"),
};

const i18n = setupI18n();
/** The build turns sentences into what the library reads; here they are still text. */
const keep = (locale: Locale, sentences: Record<Key, unknown>): void =>
  i18n.load(locale, sentences as Record<Key, string>);
keep("en", en);

export const locale = signal<Locale>("en");
/** For Intl. */
export const tag = computed(() => formatTag(locale.value, navigator.languages));
const rtl = computed(() => locales[locale.value].dir === "rtl");

const RTL_LETTER = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/;
/** A name of the other direction must not turn the sentence around it. */
const isolated = (value: string | number) =>
  typeof value === "string" && (rtl.value || RTL_LETTER.test(value)) ? `\u2068${value}\u2069` : value;

function look(key: string, values?: Record<string, string | number>): string {
  const entries = Object.entries<string | number>(values ?? {}).map(([name, value]) => [name, isolated(value)]);
  // Read, so that whoever shows a sentence is drawn again in the new language.
  return locale.value && i18n._(key, Object.fromEntries(entries) as Record<string, string | number>);
}

export const t: Sayer<Sentences> = look;

/** Sentences of a page of its own, in all languages. */
export function say<All extends Record<string, string>>(all: Record<Locale, Record<keyof All, string>>): Sayer<All> {
  for (const [locale, sentences] of Object.entries(all)) i18n.load(locale, sentences as Record<string, string>);
  return look;
}

const wanted = (): Locale =>
  isLocale(settings.value.locale ?? "") ? (settings.value.locale as Locale) : bestOf(navigator.languages);

let asked: Locale;
async function show(next: Locale): Promise<void> {
  asked = next;
  if (next !== "en") keep(next, (await load[next]()).default);
  // Somebody has chosen again meanwhile.
  if (asked !== next) return;
  i18n.activate(next, formatTag(next, navigator.languages));
  locale.value = next;
  document.documentElement.lang = next;
  document.documentElement.dir = locales[next].dir;
}

/** The guest's own choice, else the browser's. A language that cannot be had leaves the page as it is. */
export async function choose(next: Locale): Promise<void> {
  await show(next);
  remember({ locale: next });
}

i18n.activate("en");
export async function startLanguage(): Promise<void> {
  await show(wanted()).catch(() => show("en"));
  // Chosen in another tab.
  effect(() => void (wanted() !== locale.peek() && show(wanted()).catch(() => undefined)));
}

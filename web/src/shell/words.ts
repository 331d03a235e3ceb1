/** Small words: lists, times, languages, in the manner of the page's language. */
import { computed } from "@preact/signals";
import { t, tag } from "../words/index.ts";

const formats = computed(() => ({
  either: new Intl.ListFormat(tag.value, { type: "disjunction" }),
  both: new Intl.ListFormat(tag.value, { type: "conjunction" }),
  clock: new Intl.DateTimeFormat(tag.value, { hour: "numeric", minute: "2-digit" }),
  day: new Intl.DateTimeFormat(tag.value, { weekday: "long", day: "numeric", month: "long" }),
  moment: new Intl.DateTimeFormat(tag.value, { dateStyle: "short", timeStyle: "short" }),
  number: new Intl.NumberFormat(tag.value, { maximumFractionDigits: 1 }),
  language: new Intl.DisplayNames(tag.value, { type: "language" }),
}));

export const anyOf = (words: readonly string[]): string => formats.value.either.format(words);
export const allOf = (words: readonly string[]): string => formats.value.both.format(words);
export const timeOf = (iso: string): string => formats.value.clock.format(new Date(iso));
export const momentOf = (iso: string): string => formats.value.moment.format(new Date(iso));
export const numberOf = (n: number): string => formats.value.number.format(n);
export const languageName = (tag: string): string => formats.value.language.of(tag) ?? tag;

const DAY_MS = 86_400_000;

/** "Today", "Yesterday", or the date, in the guest's own time zone. */
export const dayOf = (iso: string, nowMs = Date.now()): string => {
  const date = new Date(iso);
  const is = (ms: number) => date.toDateString() === new Date(ms).toDateString();
  if (is(nowMs)) return t("day.today");
  return is(nowMs - DAY_MS) ? t("day.yesterday") : formats.value.day.format(date);
};

/** 75 s → "1:15" */
export const elapsed = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};

const tags =
  "ar bg bn ca cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv ms nl no pl pt ro ru sk sl sr sv sw ta th tl tr uk ur vi zh";

/** In each language's own name, sorted as they read. */
export const languages: readonly { tag: string; name: string }[] = tags
  .split(" ")
  .map((tag) => {
    const own = new Intl.DisplayNames(tag, { type: "language" }).of(tag) ?? tag;
    return { tag, name: own.charAt(0).toLocaleUpperCase(tag) + own.slice(1) };
  })
  .toSorted((a, b) => a.name.localeCompare(b.name));

/** The browser's first language that is on the list; "" is any. */
export const ownLanguage = (): string =>
  navigator.languages.map((tag) => tag.split("-")[0]!.toLowerCase()).find((tag) => tags.split(" ").includes(tag)) ?? "";

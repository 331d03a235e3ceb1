/** Small words: numbers, lists, times, languages, in the browser's own manner. */
export const count = (n: number, one: string, many: string): string =>
  `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

const either = new Intl.ListFormat("en", { type: "disjunction" });
const both = new Intl.ListFormat("en", { type: "conjunction" });
export const anyOf = (words: readonly string[]): string => either.format(words);
export const allOf = (words: readonly string[]): string => both.format(words);

const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
export const timeOf = (iso: string): string => clock.format(new Date(iso));

const day = new Intl.DateTimeFormat("en", { weekday: "long", day: "numeric", month: "long" });
const DAY_MS = 86_400_000;

/** "Today", "Yesterday", or the date, in the guest's own time zone. */
export const dayOf = (iso: string, nowMs = Date.now()): string => {
  const date = new Date(iso);
  const is = (ms: number) => date.toDateString() === new Date(ms).toDateString();
  if (is(nowMs)) return "Today";
  return is(nowMs - DAY_MS) ? "Yesterday" : day.format(date);
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

const english = new Intl.DisplayNames("en", { type: "language" });
export const languageName = (tag: string): string => english.of(tag) ?? tag;

/** The browser's first language that is on the list; "" is any. */
export const ownLanguage = (): string =>
  navigator.languages.map((tag) => tag.split("-")[0]!.toLowerCase()).find((tag) => tags.split(" ").includes(tag)) ?? "";

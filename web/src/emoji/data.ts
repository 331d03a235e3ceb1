/** All emoji by group, with their words in the language of the page; English where there are none. Served by us, loaded when asked for. */
import { locale } from "../words/index.ts";

/** The emoji, its group, its name, more words to find it by. */
export type Emoji = readonly [emoji: string, group: number, name: string, words: string];

const load = {
  en: () => import("emoji-picker-element-data/en/cldr/data.json"),
  es: () => import("emoji-picker-element-data/es/cldr/data.json"),
  de: () => import("emoji-picker-element-data/de/cldr/data.json"),
};

/** Unicode's groups, each under one of its own. */
export const groups = [
  { group: 0, sign: "😀", name: "emoji.smileys" },
  { group: 1, sign: "👋", name: "emoji.people" },
  { group: 3, sign: "🐶", name: "emoji.animals" },
  { group: 4, sign: "🍎", name: "emoji.food" },
  { group: 5, sign: "🚗", name: "emoji.travel" },
  { group: 6, sign: "⚽", name: "emoji.activities" },
  { group: 7, sign: "💡", name: "emoji.objects" },
  { group: 8, sign: "💠", name: "emoji.symbols" },
  { group: 9, sign: "🏁", name: "emoji.flags" },
] as const;

export async function allEmoji(): Promise<readonly Emoji[]> {
  const tag = locale.value === "ar" ? "en" : locale.value;
  // The build has cut it down to this.
  return (await load[tag]()).default as unknown as readonly Emoji[];
}

/** Those all of whose words begin a word of theirs, the ones so named first. */
export function findEmoji(all: readonly Emoji[], text: string): readonly Emoji[] {
  const wanted = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const fits = (words: string) => wanted.every((word) => ` ${words.toLocaleLowerCase()}`.includes(` ${word}`));
  const named = all.filter(([, , name]) => fits(name));
  return [...named, ...all.filter((one) => !named.includes(one) && fits(`${one[2]} ${one[3]}`))];
}

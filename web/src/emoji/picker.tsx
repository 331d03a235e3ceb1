/** All emoji above the composer, by emoji-picker-element; what it shows and searches is served by us, in the language of the page. */
import Element from "emoji-picker-element/picker.js";
import ar from "emoji-picker-element/i18n/ar.js";
import de from "emoji-picker-element/i18n/de.js";
import en from "emoji-picker-element/i18n/en.js";
import es from "emoji-picker-element/i18n/es.js";
import inGerman from "emoji-picker-element-data/de/cldr/data.json?url";
import inEnglish from "emoji-picker-element-data/en/cldr/data.json?url";
import inSpanish from "emoji-picker-element-data/es/cldr/data.json?url";
import { useEffect, useRef } from "preact/hooks";
import { locale } from "../words/index.ts";
import { keepInMemory } from "./kept.ts";

const languages = {
  en: { i18n: en, locale: "en", dataSource: inEnglish },
  es: { i18n: es, locale: "es", dataSource: inSpanish },
  de: { i18n: de, locale: "de", dataSource: inGerman },
  // There are no names of emoji in Arabic: they are found by the English ones.
  ar: { i18n: ar, locale: "en", dataSource: inEnglish },
};

/** What most devices can draw. Asked to find out by itself, it reads a canvas, which browsers that fear tracking answer with noise. */
const NEWEST = 15;

keepInMemory();

export function Picker({ onPick }: { onPick: (emoji: string) => void }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const picker = new Element({ ...languages[locale.value], emojiVersion: NEWEST });
    picker.addEventListener("emoji-click", ({ detail }) => detail.unicode && onPick(detail.unicode));
    place.current?.append(picker);
    picker.shadowRoot?.querySelector("input")?.focus();
    return () => picker.remove();
  }, [locale.value]);
  return <div class="emoji" ref={place} />;
}

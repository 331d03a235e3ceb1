/** Of the emoji data only what is shown and searched: a tenth of it. */
import type { Plugin } from "vite";

interface Full {
  emoji: string;
  annotation: string;
  tags?: string[];
  group: number;
  version: number;
}

/** What most devices can draw. */
const NEWEST = 15;
/** Skin tones and hair by themselves. */
const PARTS = 2;

export function compileEmoji(): Plugin {
  return {
    name: "compile-emoji",
    // Before it is taken for JSON to be kept as it is.
    enforce: "pre",
    transform: {
      filter: { id: /emoji-picker-element-data\/\w+\/cldr\/data\.json$/ },
      handler(code) {
        const emoji = (JSON.parse(code) as Full[])
          .filter(({ group, version }) => version <= NEWEST && group !== PARTS)
          .map(({ emoji, annotation, tags = [], group }) => [emoji, group, annotation, tags.join(" ")]);
        return { code: JSON.stringify(emoji), map: null };
      },
    },
  };
}

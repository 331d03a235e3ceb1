import type en from "../en/emoji.ts";

export default {
  "emoji.search": "Emojis suchen",
  "emoji.none": "Nichts mit diesem Namen.",
  "emoji.smileys": "Smileys und Gefühle",
  "emoji.people": "Menschen und Hände",
  "emoji.animals": "Tiere und Natur",
  "emoji.food": "Essen und Trinken",
  "emoji.travel": "Reisen und Orte",
  "emoji.activities": "Aktivitäten",
  "emoji.objects": "Gegenstände",
  "emoji.symbols": "Symbole",
  "emoji.flags": "Flaggen",
} satisfies Record<keyof typeof en, string>;

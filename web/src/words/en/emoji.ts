export default {
  "emoji.search": "Search emoji",
  "emoji.none": "Nothing of that name.",
  "emoji.smileys": "Smileys and feelings",
  "emoji.people": "People and hands",
  "emoji.animals": "Animals and nature",
  "emoji.food": "Food and drink",
  "emoji.travel": "Travel and places",
  "emoji.activities": "Activities",
  "emoji.objects": "Objects",
  "emoji.symbols": "Symbols",
  "emoji.flags": "Flags",
} as const;

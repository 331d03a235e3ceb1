import type en from "../en/safety.ts";

export default {
  "safety.title": "Bevor du Fremde triffst",
  "safety.age": "Du bist <b>18 oder älter</b>. Alle anderen hier sind es auch.",
  "safety.private": "Behalte für dich, wer du bist, wo du wohnst und was du auf der Straße nicht zeigen würdest.",
  "safety.leave": "Du kannst jederzeit gehen, blockieren oder melden. Niemand erfährt, warum.",
  "safety.kept":
    "Nachrichten und Dateien sind nach <b>24 Stunden</b> vergessen. Was andere kopieren, können wir nicht zurückholen.",
  "safety.agree": "Ich bin 18 oder älter, los",
  "safety.not-now": "Jetzt nicht",
} satisfies Record<keyof typeof en, string>;

import type en from "../en/sessions.ts";

export default {
  "start.title": "Triff jemanden im Vorbeigehen.",
  "start.lead":
    "Passerby bringt dich mit einer fremden Person ins Gespräch. Ohne Konto, und nach 24\u00a0Stunden ist alles vergessen.",
  "start.go": "Chat starten",
  "start.connecting": "Wird verbunden …",

  "name.label": "Dein Name für heute",
  "name.roll": "Anderen Namen vorschlagen",
  "name.rule": "Ein Name hat {min} bis {max} Buchstaben ohne Umlaute, Ziffern oder Unterstriche.",
  "name.taken": "Diesen Namen hat gerade jemand anderes. Nimm einen anderen oder würfle.",

  "interests.label": "Interessen",
  "interests.optional": "freiwillig",
  "interests.remove": "{word} entfernen",
  "interests.full": "Das sind zehn, mehr braucht niemand",
  "interests.more": "noch eins?",
  "interests.examples": "Musik, Wandern, Schach …",
  "interests.hint": "Wer eines davon teilt, kommt zuerst.",

  "language.label": "Sprache",
  "language.any": "Jede Sprache",

  "media.label": "Reden per",
  "media.text": "Text",
  "media.audio": "Sprache",
  "media.video": "Video",
  "media.hint": "Wir suchen zuerst jemanden, der dasselbe möchte, und rufen an, sobald ihr euch trefft.",

  "rules.behave":
    "Du musst <b>18 oder älter</b> sein. Sei freundlich und verrate Fremden nicht, wer du bist oder wo du wohnst. Du kannst jeden Chat jederzeit verlassen.",
  "rules.kept":
    "Wir behalten deinen Namen, deine Interessen und deine Nachrichten <b>höchstens 24 Stunden</b>, danach nichts. Kein Konto, kein Profil, keine Werbung.",

  "over.elsewhere": "Dieser Chat ist woanders geöffnet",
  "over.elsewhere-text":
    "Du hast Passerby in zu vielen Tabs geöffnet, deshalb ruht dieser hier. Dein Chat geht im neuesten weiter.",
  "over.use-here": "Hier benutzen",
  "over.outdated": "Diese Seite ist veraltet",
  "over.outdated-text": "Der Server hat eine neuere Version. Lade die Seite neu, um ihm zu folgen.",
  "over.reload": "Neu laden",
  "over.ended": "Deine Sitzung ist zu Ende",
  "over.start-again": "Neu anfangen",
} satisfies Record<keyof typeof en, string>;

import type en from "../en/messages.ts";

export default {
  "list.label": "Nachrichten mit {name}",
  "list.you": "Du",
  "list.typing": "{name} schreibt",
  "list.new": "{count, plural, one {# neue Nachricht} other {# neue Nachrichten}}",
  "list.line-new": "Neu",
  "list.newest": "Zur neuesten Nachricht",
  "list.loading": "Ältere Nachrichten werden geladen …",
  "list.gap": "Frühere Nachrichten werden nicht mehr aufbewahrt.",
  "list.no-older": "Ältere Nachrichten lassen sich gerade nicht laden. Scrolle gleich noch einmal nach oben.",
  "list.talking-to": "Du sprichst mit <b>{name}</b>.",
  "list.both-like": "Ihr mögt beide {interests}.",
  "list.say-hello": "Sag Hallo. Auch dein Gegenüber ist hier fremd.",
  "list.away": "{name} hat die Verbindung verloren. Wir halten den Platz eine halbe Minute frei.",
  "list.back": "{name} ist wieder da.",

  "day.today": "Heute",
  "day.yesterday": "Gestern",

  "message.deleted": "Nachricht gelöscht",
  "message.earlier": "Frühere Nachricht",
  "message.actions": "Aktionen zur Nachricht",
  "message.reactions": "Reaktionen",
  "message.react": "Mit {emoji} reagieren",
  "message.reply": "Antworten",
  "message.delete": "Für beide löschen",
  "message.retry": "Erneut versuchen",
  "message.discard": "Verwerfen",

  "tick.sending": "Wird gesendet",
  "tick.failed": "Nicht gesendet",
  "tick.sent": "Gesendet",
  "tick.delivered": "Zugestellt",
  "tick.read": "Gelesen",

  "composer.write": "Nachricht schreiben",
  "composer.caption": "Text hinzufügen",
  "composer.label": "Nachricht an {name}",
  "composer.emoji": "Emojis",
  "composer.send": "Senden",
  "composer.no-reply": "Nicht antworten",

  "message.delete-all": "Für alle löschen",
} satisfies Record<keyof typeof en, string>;

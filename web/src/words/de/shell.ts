import type en from "../en/shell.ts";

export default {
  "shell.resuming": "Wir bringen dich zurück …",
  "shell.chat": "Chat",
  "shell.dismiss": "Ausblenden",
  "shell.not-opened": "Das ließ sich nicht öffnen. Prüfe deine Verbindung und versuche es noch einmal.",
  "shell.close": "Schließen",
  "shell.try-again": "Erneut versuchen",

  "time.hours": "{hours} Std.",
  "time.minutes": "{minutes} Min.",
  "time.minute": "einer Minute",

  "banner.offline": "Du bist offline.",
  "banner.reconnecting": "Verbindung wird wiederhergestellt …",
  "banner.unsent": "{count, plural, one {# Nachricht wartet} other {# Nachrichten warten}} auf den Versand.",
  "banner.try-now": "Jetzt versuchen",

  "live.nobody": "Sonst ist noch niemand da. Jemand muss den Anfang machen.",
  "live.online": "{count, plural, one {# Person} other {# Personen}} online",
  "live.searching": "{count, plural, one {# sucht} other {# suchen}} gerade jemanden",

  "error.invalid": "Etwas davon wird nicht angenommen. Prüfe es und versuche es noch einmal.",
  "error.unauthenticated": "Der Server kennt dich nicht mehr. Fang mit einem neuen Namen neu an.",
  "error.token-expired": "Dein Zugang ist abgelaufen. Lade die Seite neu, um einen frischen zu bekommen.",
  "error.session-ended": "Es ist vorbei, und alles dazu ist vergessen. Fang neu an, wann immer du magst.",
  "error.forbidden": "Du gehörst nicht mehr zu diesem Chat. Geh zurück und lerne jemand Neues kennen.",
  "error.banned": "Nach Meldungen über dich kannst du Passerby eine Zeit lang nicht nutzen. Komm morgen wieder.",
  "error.challenge-required":
    "Wir müssen erst prüfen, dass du ein Mensch bist. Lade die Seite neu und versuche es noch einmal.",
  "error.not-found": "Das gibt es hier nicht mehr. Geh zurück und such dir etwas anderes aus.",
  "error.conflict": "Das ist schon vergeben. Versuche etwas anderes.",
  "error.busy": "Das wird gerade benutzt. Versuche es gleich noch einmal.",
  "error.room-closed": "Der Chat ist zu Ende, deshalb wurde das nicht gesendet. Such dir einfach jemand Neues.",
  "error.room-full": "Dieser Raum ist voll. Versuche einen anderen.",
  "error.payload-too-large": "Das ist zu groß. Kürze es und versuche es noch einmal.",
  "error.unsupported-type": "Diese Art von Datei wird nicht angenommen. Wähle eine andere.",
  "error.rate-limited": "Das war etwas schnell. Warte einen Moment und versuche es noch einmal.",
  "error.draining": "Der Server startet neu. In ein paar Sekunden bist du wieder da.",
  "error.unavailable": "Der Server ist gerade nicht erreichbar. Prüfe deine Verbindung und versuche es noch einmal.",
  "error.internal": "Bei uns ist etwas schiefgegangen. Versuche es gleich noch einmal.",
} satisfies Record<keyof typeof en, string>;

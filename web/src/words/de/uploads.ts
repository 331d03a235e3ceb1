import type en from "../en/uploads.ts";

export default {
  "files.attach": "Dateien anhängen",
  "files.attach-hint": "Dateien anhängen (Strg+U)",
  "files.drop": "Loslassen, um an {name} zu senden",
  "files.to-send": "Zu sendende Dateien",
  "files.remove": "{filename} entfernen",
  "files.gone": "Diese Datei gibt es nicht mehr",
  "files.not-loaded": "{what} konnte nicht geladen werden.",
  "files.not-opened": "Das ließ sich nicht öffnen. Prüfe deine Verbindung und versuche es noch einmal.",
  "files.play": "{filename} abspielen",
  "files.download": "{filename} herunterladen",
  "files.open-photo": "Foto {filename} öffnen",
  "files.too-many": "Mehr als {most} Dateien auf einmal gehen nicht.",

  "files.voice": "Sprachnachricht",
  "files.photo": "Foto",
  "files.file": "Datei",

  "files.of": "{sent} von {size}",
  "files.checking": "Wird geprüft …",
  "files.waiting": "Wartet …",
  "files.waiting-connection": "Wartet auf die Verbindung …",
  "files.keep-open": "Lass diese Seite offen",
  "files.sending": "{name} wird gesendet",
  "files.cancel": "Senden von {name} abbrechen",
  "files.expires": "läuft ab in {time}",

  "fault.empty": "Diese Datei ist leer.",
  "fault.too-large": "Das ist zu groß: Eine Datei darf bis zu {fileMb} MB haben, eine Sprachnachricht {voiceMb}.",
  "fault.too-long": "Eine Sprachnachricht darf höchstens {minutes} Minuten dauern.",
  "fault.type":
    "Diese Art von Datei wird nicht angenommen. Bilder, Audio, Video, PDF, Text, Office-Dateien und Archive schon.",
  "fault.unreadable": "Die Datei ist nicht mehr lesbar. Wähle sie noch einmal aus.",
  "fault.changed": "Die Datei wurde seit der Auswahl geändert. Wähle sie noch einmal aus.",
  "fault.invalid": "Die Datei ist nicht, was sie vorgibt, und wurde deshalb nicht gesendet.",
  "fault.unsupported-type": "Die Datei ist nicht, was ihr Name sagt, und wurde deshalb nicht gesendet.",
  "fault.payload-too-large": "In dieser Datei steckt zu viel, deshalb wurde sie nicht gesendet.",
  "fault.over": "Der Chat ist zu Ende, deshalb wurde das nicht gesendet.",
  "fault.conflict": "Die Datei kam nicht an. Versuche es noch einmal.",
  "fault.unavailable": "Die Datei kam nicht an. Prüfe deine Verbindung und versuche es noch einmal.",
  "fault.rate-limited": "Das sind erst einmal genug Dateien. Weitere kannst du in {time} senden.",
} satisfies Record<keyof typeof en, string>;

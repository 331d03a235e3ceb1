import type en from "../en/voice.ts";

export default {
  "voice.record": "Sprachnachricht aufnehmen",
  "voice.hold": "Zum Aufnehmen halten oder tippen",
  "voice.note": "Sprachnachricht",
  "voice.recording": "Aufnahme läuft",
  "voice.cancel": "Aufnahme abbrechen",
  "voice.send": "Sprachnachricht senden",
  "voice.full": "Länger geht es nicht. Senden?",
  "voice.let-go": "Loslassen zum Senden, wegziehen zum Abbrechen",
  "voice.almost-full": "Gleich voll",
  "voice.pause": "{name} anhalten",
  "voice.play": "{name} abspielen",
  "voice.position": "Stelle in {name}",
  "voice.at": "{at} von {length}",
  "voice.speed": "Tempo: {rate}×",

  "mic.forbidden":
    "Passerby darf das Mikrofon nicht benutzen. Erlaube es in den Website-Einstellungen neben der Adresse und versuche es noch einmal.",
  "mic.none": "Es wurde kein Mikrofon gefunden. Schließe eines an und versuche es noch einmal.",
  "mic.busy": "Das Mikrofon ist belegt. Schließe, was es sonst benutzt, und versuche es noch einmal.",
  "mic.failed": "Die Aufnahme ließ sich nicht starten. Prüfe deine Verbindung und versuche es noch einmal.",
} satisfies Record<keyof typeof en, string>;

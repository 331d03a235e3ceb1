import type en from "../en/reports.ts";

export default {
  "report.open": "Melden oder blockieren",
  "report.title": "{name} melden",
  "report.reason": "Was ist los?",
  "report.harassment": "Beleidigung oder Belästigung",
  "report.sexual": "Unerwünschte sexuelle Inhalte",
  "report.threat": "Drohungen oder Gewalt",
  "report.spam": "Spam oder Betrug",
  "report.minor": "Vielleicht unter 18",
  "report.other": "Etwas anderes",
  "report.messages": "Nachrichten, die es zeigen",
  "report.messages-hint": "Ohne Nachricht lässt sich wenig tun.",
  "report.no-messages": "{name} hat hier nichts geschrieben.",
  "report.file": "Datei",
  "report.note": "Noch etwas? (freiwillig)",
  "report.what-pair":
    "Dieser Chat endet für euch beide, du triffst {name} nicht wieder, und unsere Moderation liest die gewählten Nachrichten. Meldungen werden nach 24 Stunden gelöscht.",
  "report.what-group":
    "Du wirst nicht mit {name} verbunden, was diese Person hier schreibt, siehst du nicht mehr, und unsere Moderation liest die gewählten Nachrichten. Meldungen werden nach 24 Stunden gelöscht.",
  "report.send": "Meldung senden",
  "report.sending": "Wird gesendet…",
  "report.block": "Nur blockieren",
  "report.pick": "Wähle zuerst, was los ist.",
  "report.thanks": "Danke. Die Meldung ist gesendet, {name} ist blockiert.",
  "report.blocked": "{name} ist blockiert.",
  "report.hidden": "Verborgen: Du hast {name} blockiert",
  "report.ended": "Du triffst {name} nicht wieder.",
  "report.banned": "Nach Meldungen über dich kannst du Passerby bis {time} nicht benutzen.",
} satisfies Record<keyof typeof en, string>;

import type en from "../en/offline.ts";

export default {
  "offline.title": "Du bist offline",
  "offline.text":
    "Passerby braucht das Netz, um jemanden für dich zu finden. Auf diesem Gerät wird nichts von dir aufbewahrt.",
  "offline.again": "Erneut versuchen",
  "unsupported.title": "Dein Browser ist zu alt für Passerby",
  "unsupported.text":
    "Aktualisiere ihn oder öffne diese Seite in Chrome, Edge oder Firefox 124, Safari 17.5 oder neuer.",
} satisfies Record<keyof typeof en, string>;

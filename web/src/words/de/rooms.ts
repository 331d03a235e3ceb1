import type en from "../en/rooms.ts";

export default {
  "chat.partner": "Dein Gegenüber",
  "chat.online": "Online",
  "chat.away": "Verbindung verloren",
  "chat.offline": "Gegangen",
  "chat.leave": "Verlassen",
  "chat.next": "Weiter",
  "chat.next-hint": "Diesen Chat verlassen und zur nächsten Person (Esc, Esc)",
  "chat.sure": "Wirklich?",
  "chat.both-like": "Ihr mögt beide {interests}",
} satisfies Record<keyof typeof en, string>;

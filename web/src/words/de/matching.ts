import type en from "../en/matching.ts";

export default {
  "searching.cancel": "Abbrechen",
  "searching.someone": "Wir suchen jemanden …",
  "searching.likes": "Wir suchen jemanden mit Interesse an {interests} …",
  "searching.speaks": "Wir suchen jemanden, der {language} spricht …",
  "searching.anyone": "Wir suchen irgendwen, der gerade da ist …",
  "searching.waited": "Wartezeit {time}",
  "searching.last": "Wer als Nächstes kommt, ist für dich.",
  "searching.wider-speaks": "In {seconds} s suchen wir alle, die {language} sprechen.",
  "searching.wider-anyone": "In {seconds} s suchen wir irgendwen.",
  "searching.now-speaks": "Jetzt suchen wir alle, die {language} sprechen.",
  "searching.now-anyone": "Jetzt suchen wir irgendwen.",
  "searching.quiet": "Gerade ist es ruhig. Lass die Seite offen: Sobald jemand vorbeikommt, geht es los.",
  "searching.widen": "Sofort irgendwen suchen",

  "ended.label": "Der Chat ist zu Ende",
  "ended.left": "{name} hat den Chat verlassen.",
  "ended.skipped": "{name} ist weitergezogen.",
  "ended.lost": "{name} hat die Verbindung verloren und kam nicht zurück.",
  "ended.session-ended": "{name} ist endgültig gegangen.",
  "ended.ended": "Dieser Chat wurde beendet.",
  "ended.over": "Dieser Chat ist vorbei.",
  "ended.next": "Nächste Person",
  "ended.back": "Zurück zum Start",

  "searching.rooms": "Solange in die Räume schauen",
} satisfies Record<keyof typeof en, string>;

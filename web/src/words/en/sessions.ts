export default {
  "start.title": "Meet someone passing by.",
  "start.lead":
    "Passerby pairs you with a stranger for a talk. There is no account, and everything is forgotten within 24\u00a0hours.",
  "start.go": "Start chatting",
  "start.connecting": "Connecting…",

  "name.label": "Your name for today",
  "name.roll": "Suggest another name",
  "name.rule": "A name has {min} to {max} letters, digits or underscores.",
  "name.taken": "Somebody has this name just now. Pick another, or roll the dice.",

  "interests.label": "Interests",
  "interests.optional": "optional",
  "interests.remove": "Remove {word}",
  "interests.full": "That's ten, enough for anyone",
  "interests.more": "one more?",
  "interests.examples": "music, hiking, chess…",
  "interests.hint": "People who share one come first.",

  "language.label": "Language",
  "language.any": "Any language",

  "media.label": "Talk by",
  "media.text": "Text",
  "media.audio": "Voice",
  "media.video": "Video",
  "media.hint": "We look for someone who wants the same first, and call them when you meet.",

  "rules.behave":
    "You have to be <b>18 or older</b>. Be kind, and don't tell strangers who you are or where you live. You can leave any chat at any time.",
  "rules.kept":
    "We keep your name, your interests and your messages for <b>24 hours at most</b>, then nothing. No account, no profile, no ads.",

  "over.elsewhere": "This chat is open somewhere else",
  "over.elsewhere-text":
    "You opened Passerby in too many tabs, so this one was put to rest. Your chat goes on in the newest.",
  "over.use-here": "Use it here",
  "over.outdated": "This page is out of date",
  "over.outdated-text": "The server has moved on to a newer version. Reload the page to follow it.",
  "over.reload": "Reload",
  "over.ended": "Your session has ended",
  "over.start-again": "Start again",
} as const;

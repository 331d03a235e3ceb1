export default {
  "chat.partner": "Your partner",
  "chat.online": "Online",
  "chat.away": "Connection lost",
  "chat.offline": "Gone",
  "chat.leave": "Leave",
  "chat.next": "Next",
  "chat.next-hint": "Leave this chat for the next person (Esc, Esc)",
  "chat.sure": "Really?",
  "chat.both-like": "You both like {interests}",
} as const;

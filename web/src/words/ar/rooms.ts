import type en from "../en/rooms.ts";

export default {
  "chat.partner": "شريكك",
  "chat.online": "متصل",
  "chat.away": "انقطع الاتصال",
  "chat.offline": "غادر",
  "chat.leave": "مغادرة",
  "chat.next": "التالي",
  "chat.next-hint": "مغادرة هذه المحادثة إلى الشخص التالي (Esc ثم Esc)",
  "chat.sure": "متأكد؟",
  "chat.both-like": "كلاكما يحب {interests}",
} satisfies Record<keyof typeof en, string>;

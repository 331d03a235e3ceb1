import type en from "../en/reports.ts";

export default {
  "report.open": "إبلاغ أو حظر",
  "report.title": "الإبلاغ عن {name}",
  "report.reason": "ما المشكلة؟",
  "report.harassment": "إهانة أو مضايقة",
  "report.sexual": "محتوى جنسي غير مرغوب فيه",
  "report.threat": "تهديد أو عنف",
  "report.spam": "إزعاج أو احتيال",
  "report.minor": "ربما عمره أقل من 18",
  "report.other": "شيء آخر",
  "report.messages": "الرسائل التي تُظهر ذلك",
  "report.messages-hint": "يصعب التصرف من دون رسالة.",
  "report.no-messages": "لم يكتب {name} شيئًا هنا.",
  "report.file": "ملف",
  "report.note": "هل من شيء آخر؟ (اختياري)",
  "report.what-pair":
    "تنتهي هذه المحادثة لكليكما، ولن تلتقي {name} مجددًا، ويقرأ مشرفونا الرسائل التي تختارها. تُحذف البلاغات بعد 24 ساعة.",
  "report.what-group":
    "لن تُجمع مع {name}، ويُخفى عنك ما يكتبه هنا، ويقرأ مشرفونا الرسائل التي تختارها. تُحذف البلاغات بعد 24 ساعة.",
  "report.send": "إرسال البلاغ",
  "report.sending": "جارٍ الإرسال…",
  "report.block": "حظر فقط",
  "report.pick": "اختر المشكلة أولًا.",
  "report.thanks": "شكرًا. أُرسل البلاغ، وتم حظر {name}.",
  "report.blocked": "تم حظر {name}.",
  "report.hidden": "مخفي: لقد حظرت {name}",
  "report.ended": "لن تلتقي {name} مجددًا.",
  "report.banned": "بعد بلاغات عنك، لا يمكنك استخدام Passerby حتى {time}.",
} satisfies Record<keyof typeof en, string>;

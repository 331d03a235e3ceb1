import type en from "../en/sessions.ts";

export default {
  "start.title": "تعرّف إلى عابر سبيل.",
  "start.lead": "يجمعك Passerby بشخص غريب لتتحادثا. لا حساب، وكل شيء يُنسى خلال 24\u00a0ساعة.",
  "start.go": "ابدأ المحادثة",
  "start.connecting": "جارٍ الاتصال…",

  "name.label": "اسمك لهذا اليوم",
  "name.roll": "اقتراح اسم آخر",
  "name.rule": "يتكوّن الاسم من {min} إلى {max} حرفًا لاتينيًا أو رقمًا أو شرطة سفلية.",
  "name.taken": "يستخدم شخص آخر هذا الاسم الآن. اختر غيره أو ارمِ النرد.",

  "interests.label": "الاهتمامات",
  "interests.optional": "اختياري",
  "interests.remove": "إزالة {word}",
  "interests.full": "هذه عشرة، وفيها الكفاية",
  "interests.more": "اهتمام آخر؟",
  "interests.examples": "موسيقى، مشي، شطرنج…",
  "interests.hint": "نبحث أولًا عمّن يشاركك واحدًا منها.",

  "language.label": "اللغة",
  "language.any": "أي لغة",

  "media.label": "طريقة الحديث",
  "media.text": "نص",
  "media.audio": "صوت",
  "media.video": "فيديو",
  "media.hint": "نبحث أولًا عمّن يريد مثلك، ونتصل به حين تلتقيان.",

  "rules.behave":
    "يجب أن يكون عمرك <b>18 عامًا أو أكثر</b>. كن لطيفًا، ولا تخبر الغرباء من أنت أو أين تسكن. يمكنك مغادرة أي محادثة في أي وقت.",
  "rules.kept":
    "نحتفظ باسمك واهتماماتك ورسائلك <b>24 ساعة على الأكثر</b>، ثم لا شيء. لا حساب ولا ملف شخصي ولا إعلانات.",

  "over.elsewhere": "هذه المحادثة مفتوحة في مكان آخر",
  "over.elsewhere-text": "فتحت Passerby في ألسنة كثيرة، فأُوقف هذا اللسان. محادثتك مستمرة في الأحدث.",
  "over.use-here": "استخدامها هنا",
  "over.outdated": "هذه الصفحة قديمة",
  "over.outdated-text": "انتقل الخادم إلى إصدار أحدث. أعد تحميل الصفحة لمواكبته.",
  "over.reload": "إعادة التحميل",
  "over.ended": "انتهت جلستك",
  "over.start-again": "البدء من جديد",
} satisfies Record<keyof typeof en, string>;

import type en from "../en/matching.ts";

export default {
  "searching.cancel": "إلغاء",
  "searching.someone": "جارٍ البحث عن شخص…",
  "searching.likes": "جارٍ البحث عن شخص يحب {interests}…",
  "searching.speaks": "جارٍ البحث عن شخص يتحدث {language}…",
  "searching.anyone": "جارٍ البحث عن أي شخص موجود…",
  "searching.waited": "مدة الانتظار {time}",
  "searching.last": "أول من يأتي سيكون شريكك.",
  "searching.wider-speaks": "بعد {seconds} ث سنبحث عن أي شخص يتحدث {language}.",
  "searching.wider-anyone": "بعد {seconds} ث سنبحث عن أي شخص.",
  "searching.now-speaks": "نبحث الآن عن أي شخص يتحدث {language}.",
  "searching.now-anyone": "نبحث الآن عن أي شخص.",
  "searching.quiet": "المكان هادئ الآن. اترك الصفحة مفتوحة: ما إن يمرّ أحد حتى تبدآ الحديث.",
  "searching.widen": "البحث عن أي شخص الآن",

  "ended.label": "انتهت المحادثة",
  "ended.left": "غادر {name} المحادثة.",
  "ended.skipped": "انتقل {name} إلى شخص آخر.",
  "ended.lost": "فقد {name} الاتصال ولم يعد.",
  "ended.session-ended": "رحل {name} نهائيًا.",
  "ended.ended": "أُنهيت هذه المحادثة.",
  "ended.over": "انتهت هذه المحادثة.",
  "ended.next": "الشخص التالي",
  "ended.back": "العودة إلى البداية",

  "searching.rooms": "ألقِ نظرة على الغرف في هذه الأثناء",
} satisfies Record<keyof typeof en, string>;

import type en from "../en/offline.ts";

export default {
  "offline.title": "أنت غير متصل بالإنترنت",
  "offline.text": "يحتاج Passerby إلى الشبكة ليجد لك أحدًا. لا يُحفظ شيء يخصك على هذا الجهاز.",
  "offline.again": "إعادة المحاولة",
  "unsupported.title": "متصفحك أقدم من أن يشغّل Passerby",
  "unsupported.text": "حدّثه، أو افتح هذه الصفحة في Chrome أو Edge أو Firefox 124 أو Safari 17.5 أو أحدث.",
} satisfies Record<keyof typeof en, string>;

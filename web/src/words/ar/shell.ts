import type en from "../en/shell.ts";

export default {
  "shell.resuming": "نعيدك إلى مكانك…",
  "shell.chat": "محادثة",
  "shell.dismiss": "إخفاء",
  "shell.not-opened": "تعذّر الفتح. تحقق من اتصالك ثم حاول مرة أخرى.",
  "shell.close": "إغلاق",
  "shell.try-again": "إعادة المحاولة",

  "time.hours": "{hours} س",
  "time.minutes": "{minutes} د",
  "time.minute": "دقيقة",

  "banner.offline": "لا يوجد اتصال بالإنترنت.",
  "banner.reconnecting": "جارٍ إعادة الاتصال…",
  "banner.unsent":
    "{count, plural, zero {لا رسائل تنتظر} one {رسالة واحدة تنتظر} two {رسالتان تنتظران} few {# رسائل تنتظر} many {# رسالة تنتظر} other {# رسالة تنتظر}} الإرسال.",
  "banner.try-now": "المحاولة الآن",

  "live.nobody": "لا أحد غيرك هنا بعد. لا بدّ أن يكون أحدٌ الأوّل.",
  "live.online":
    "{count, plural, zero {لا أحد متصل} one {شخص واحد متصل} two {شخصان متصلان} few {# أشخاص متصلون} many {# شخصًا متصلون} other {# شخص متصلون}}",
  "live.searching":
    "{count, plural, zero {لا أحد يبحث} one {شخص يبحث} two {شخصان يبحثان} few {# يبحثون} many {# يبحثون} other {# يبحثون}} عن محادثة",

  "error.invalid": "شيء مما أدخلته غير مقبول. راجعه ثم حاول مرة أخرى.",
  "error.unauthenticated": "لم يعد الخادم يعرفك. ابدأ من جديد باسم آخر.",
  "error.token-expired": "انتهت صلاحية تصريحك. أعد تحميل الصفحة للحصول على تصريح جديد.",
  "error.session-ended": "انتهى الأمر ونُسي كل ما يتعلق به. ابدأ من جديد متى شئت.",
  "error.forbidden": "لم تعد طرفًا في هذه المحادثة. ارجع وابحث عن شخص جديد.",
  "error.banned": "لا يمكنك استخدام Passerby لفترة بسبب بلاغات وردت عنك. عُد غدًا.",
  "error.challenge-required": "علينا التحقق أولًا من أنك إنسان. أعد تحميل الصفحة ثم حاول مرة أخرى.",
  "error.not-found": "لم يعد هذا موجودًا. ارجع واختر شيئًا آخر.",
  "error.conflict": "هذا محجوز بالفعل. جرّب غيره.",
  "error.busy": "هذا قيد الاستخدام الآن. حاول مرة أخرى بعد لحظة.",
  "error.room-closed": "انتهت المحادثة ولذلك لم يُرسل هذا. ابحث عن شخص جديد متى شئت.",
  "error.room-full": "هذه الغرفة ممتلئة. جرّب غرفة أخرى.",
  "error.payload-too-large": "هذا كبير جدًا. اختصره ثم حاول مرة أخرى.",
  "error.unsupported-type": "هذا النوع من الملفات غير مقبول. اختر ملفًا آخر.",
  "error.rate-limited": "كان ذلك سريعًا بعض الشيء. انتظر لحظة ثم حاول مرة أخرى.",
  "error.draining": "الخادم يُعاد تشغيله. ستعود خلال ثوانٍ.",
  "error.unavailable": "يتعذر الوصول إلى الخادم الآن. تحقق من اتصالك ثم حاول مرة أخرى.",
  "error.internal": "حدث خطأ من جانبنا. حاول مرة أخرى بعد لحظة.",
} satisfies Record<keyof typeof en, string>;

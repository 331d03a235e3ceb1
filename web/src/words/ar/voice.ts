import type en from "../en/voice.ts";

export default {
  "voice.record": "تسجيل رسالة صوتية",
  "voice.hold": "اضغط مطوّلًا للتسجيل، أو انقر",
  "voice.note": "رسالة صوتية",
  "voice.recording": "جارٍ التسجيل",
  "voice.cancel": "إلغاء التسجيل",
  "voice.send": "إرسال الرسالة الصوتية",
  "voice.full": "بلغت أقصى مدة. هل ترسلها؟",
  "voice.let-go": "ارفع إصبعك للإرسال، أو اسحب بعيدًا للإلغاء",
  "voice.almost-full": "أوشك الوقت على الانتهاء",
  "voice.pause": "إيقاف {name} مؤقتًا",
  "voice.play": "تشغيل {name}",
  "voice.position": "الموضع في {name}",
  "voice.at": "{at} من {length}",
  "voice.speed": "السرعة: {rate}×",

  "mic.forbidden": "لا يُسمح لـ Passerby باستخدام الميكروفون. اسمح به في إعدادات الموقع بجوار العنوان ثم حاول مرة أخرى.",
  "mic.none": "لم يُعثر على ميكروفون. وصّل واحدًا ثم حاول مرة أخرى.",
  "mic.busy": "الميكروفون مشغول. أغلق ما يستخدمه ثم حاول مرة أخرى.",
  "mic.failed": "تعذّر بدء التسجيل. تحقق من اتصالك ثم حاول مرة أخرى.",
} satisfies Record<keyof typeof en, string>;

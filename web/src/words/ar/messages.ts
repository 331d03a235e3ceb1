import type en from "../en/messages.ts";

export default {
  "list.label": "الرسائل مع {name}",
  "list.you": "أنت",
  "list.typing": "{name} يكتب الآن",
  "list.new":
    "{count, plural, zero {لا رسائل جديدة} one {رسالة جديدة} two {رسالتان جديدتان} few {# رسائل جديدة} many {# رسالة جديدة} other {# رسالة جديدة}}",
  "list.line-new": "جديد",
  "list.newest": "إلى أحدث رسالة",
  "list.loading": "جارٍ تحميل الرسائل الأقدم…",
  "list.gap": "لم تعد الرسائل الأقدم محفوظة.",
  "list.no-older": "يتعذر تحميل الرسائل الأقدم الآن. مرّر إلى الأعلى مجددًا بعد لحظة.",
  "list.talking-to": "أنت تتحدث مع <b>{name}</b>.",
  "list.both-like": "كلاكما يحب {interests}.",
  "list.say-hello": "ألقِ التحية. فالطرف الآخر غريب هنا أيضًا.",
  "list.away": "فقد {name} الاتصال. سنحتفظ بالمكان نصف دقيقة.",
  "list.back": "عاد {name}.",

  "day.today": "اليوم",
  "day.yesterday": "أمس",

  "message.deleted": "رسالة محذوفة",
  "message.earlier": "رسالة سابقة",
  "message.actions": "إجراءات الرسالة",
  "message.reactions": "التفاعلات",
  "message.react": "التفاعل بـ {emoji}",
  "message.reply": "ردّ",
  "message.delete": "حذف لدى الطرفين",
  "message.retry": "إعادة المحاولة",
  "message.discard": "تجاهل",

  "tick.sending": "جارٍ الإرسال",
  "tick.failed": "لم تُرسل",
  "tick.sent": "أُرسلت",
  "tick.delivered": "وصلت",
  "tick.read": "قُرئت",

  "composer.write": "اكتب رسالة",
  "composer.caption": "أضف تعليقًا",
  "composer.label": "رسالة إلى {name}",
  "composer.emoji": "رموز تعبيرية",
  "composer.send": "إرسال",
  "composer.no-reply": "إلغاء الرد",

  "message.delete-all": "حذف لدى الجميع",
} satisfies Record<keyof typeof en, string>;

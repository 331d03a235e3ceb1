import type en from "../en/safety.ts";

export default {
  "safety.title": "قبل أن تلتقي غريبًا",
  "safety.age": "عمرك <b>18 عامًا أو أكثر</b>، وكذلك كل من تلتقيه هنا.",
  "safety.private": "احتفظ لنفسك بهويتك ومكان سكنك وما لا تُظهره في الشارع.",
  "safety.leave": "يمكنك المغادرة أو الحظر أو الإبلاغ في أي وقت، ولن يُخبَر أحد بالسبب.",
  "safety.kept": "تُنسى الرسائل والملفات خلال <b>24 ساعة</b>. أما ما ينسخه الآخرون فلا يمكننا استرجاعه.",
  "safety.agree": "عمري 18 أو أكثر، هيا بنا",
  "safety.not-now": "ليس الآن",
} satisfies Record<keyof typeof en, string>;

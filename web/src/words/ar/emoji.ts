import type en from "../en/emoji.ts";

export default {
  "emoji.search": "البحث في الرموز",
  "emoji.none": "لا شيء بهذا الاسم.",
  "emoji.smileys": "وجوه ومشاعر",
  "emoji.people": "أشخاص وأيادٍ",
  "emoji.animals": "حيوانات وطبيعة",
  "emoji.food": "طعام وشراب",
  "emoji.travel": "سفر وأماكن",
  "emoji.activities": "أنشطة",
  "emoji.objects": "أشياء",
  "emoji.symbols": "رموز",
  "emoji.flags": "أعلام",
} satisfies Record<keyof typeof en, string>;

import type en from "../en/emoji.ts";

export default {
  "emoji.search": "Buscar emojis",
  "emoji.none": "No hay nada con ese nombre.",
  "emoji.smileys": "Caritas y emociones",
  "emoji.people": "Personas y manos",
  "emoji.animals": "Animales y naturaleza",
  "emoji.food": "Comida y bebida",
  "emoji.travel": "Viajes y lugares",
  "emoji.activities": "Actividades",
  "emoji.objects": "Objetos",
  "emoji.symbols": "Símbolos",
  "emoji.flags": "Banderas",
} satisfies Record<keyof typeof en, string>;

import type en from "../en/sessions.ts";

export default {
  "start.title": "Conoce a alguien que pasa por aquí.",
  "start.lead":
    "Passerby te pone a charlar con una persona desconocida. Sin cuenta, y todo se olvida en 24\u00a0horas.",
  "start.go": "Empezar a chatear",
  "start.connecting": "Conectando…",

  "name.label": "Tu nombre de hoy",
  "name.roll": "Sugerir otro nombre",
  "name.rule": "Un nombre tiene de {min} a {max} letras sin acentos, cifras o guiones bajos.",
  "name.taken": "Alguien usa este nombre ahora mismo. Elige otro o tira los dados.",

  "interests.label": "Intereses",
  "interests.optional": "opcional",
  "interests.remove": "Quitar {word}",
  "interests.full": "Ya son diez, suficientes para cualquiera",
  "interests.more": "¿uno más?",
  "interests.examples": "música, senderismo, ajedrez…",
  "interests.hint": "Quien comparte alguno va primero.",

  "language.label": "Idioma",
  "language.any": "Cualquier idioma",

  "media.label": "Hablar por",
  "media.text": "Texto",
  "media.audio": "Voz",
  "media.video": "Vídeo",
  "media.hint": "Buscamos primero a alguien que quiera lo mismo, y le llamamos en cuanto os encontréis.",

  "rules.behave":
    "Tienes que tener <b>18 años o más</b>. Sé amable y no digas a desconocidos quién eres ni dónde vives. Puedes dejar cualquier chat cuando quieras.",
  "rules.kept":
    "Guardamos tu nombre, tus intereses y tus mensajes <b>24 horas como máximo</b>, y después nada. Sin cuenta, sin perfil, sin anuncios.",

  "over.elsewhere": "Este chat está abierto en otro sitio",
  "over.elsewhere-text":
    "Abriste Passerby en demasiadas pestañas, así que esta se ha puesto en pausa. Tu chat sigue en la más nueva.",
  "over.use-here": "Usarlo aquí",
  "over.outdated": "Esta página está anticuada",
  "over.outdated-text": "El servidor tiene una versión más nueva. Recarga la página para seguirlo.",
  "over.reload": "Recargar",
  "over.ended": "Tu sesión ha terminado",
  "over.start-again": "Empezar de nuevo",
} satisfies Record<keyof typeof en, string>;

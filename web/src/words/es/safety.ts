import type en from "../en/safety.ts";

export default {
  "safety.title": "Antes de conocer a un desconocido",
  "safety.age": "Tienes <b>18 años o más</b>. También todas las personas que encontrarás aquí.",
  "safety.private": "Guárdate quién eres, dónde vives y lo que no enseñarías por la calle.",
  "safety.leave": "Puedes salir, bloquear o denunciar a cualquiera cuando quieras. A nadie se le dice por qué.",
  "safety.kept": "Los mensajes y archivos se olvidan en <b>24 horas</b>. Lo que otros copien no podemos recuperarlo.",
  "safety.agree": "Tengo 18 o más, vamos",
  "safety.not-now": "Ahora no",
} satisfies Record<keyof typeof en, string>;

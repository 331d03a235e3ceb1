import type en from "../en/reports.ts";

export default {
  "report.open": "Denunciar o bloquear",
  "report.title": "Denunciar a {name}",
  "report.reason": "¿Qué ocurre?",
  "report.harassment": "Insultos o acoso",
  "report.sexual": "Contenido sexual no deseado",
  "report.threat": "Amenazas o violencia",
  "report.spam": "Spam o fraude",
  "report.minor": "Puede ser menor de 18",
  "report.other": "Otra cosa",
  "report.messages": "Mensajes que lo muestran",
  "report.messages-hint": "Sin un mensaje es difícil actuar.",
  "report.no-messages": "{name} no ha escrito nada aquí.",
  "report.file": "Archivo",
  "report.note": "¿Algo más? (opcional)",
  "report.what-pair":
    "Este chat termina para ambos, no volverás a encontrar a {name} y nuestros moderadores leen los mensajes que elijas. Las denuncias se borran a las 24 horas.",
  "report.what-group":
    "No se te emparejará con {name}, lo que escriba aquí quedará oculto para ti y nuestros moderadores leen los mensajes que elijas. Las denuncias se borran a las 24 horas.",
  "report.send": "Enviar denuncia",
  "report.sending": "Enviando…",
  "report.block": "Solo bloquear",
  "report.pick": "Elige primero qué ocurre.",
  "report.thanks": "Gracias. La denuncia se ha enviado y {name} está bloqueado.",
  "report.blocked": "{name} está bloqueado.",
  "report.hidden": "Oculto: has bloqueado a {name}",
  "report.ended": "No volverás a encontrar a {name}.",
  "report.banned": "Tras denuncias sobre ti, no puedes usar Passerby hasta {time}.",
} satisfies Record<keyof typeof en, string>;

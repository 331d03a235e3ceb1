import type en from "../en/messages.ts";

export default {
  "list.label": "Mensajes con {name}",
  "list.you": "Tú",
  "list.typing": "{name} está escribiendo",
  "list.new": "{count, plural, one {# mensaje nuevo} many {# de mensajes nuevos} other {# mensajes nuevos}}",
  "list.line-new": "Nuevo",
  "list.newest": "Ir al mensaje más nuevo",
  "list.loading": "Cargando mensajes anteriores…",
  "list.gap": "Los mensajes anteriores ya no se guardan.",
  "list.no-older": "Ahora no se pueden cargar mensajes anteriores. Vuelve a subir dentro de un momento.",
  "list.talking-to": "Estás hablando con <b>{name}</b>.",
  "list.both-like": "A ambos os gusta: {interests}.",
  "list.say-hello": "Saluda. Para esa persona todo esto también es nuevo.",
  "list.away": "{name} perdió la conexión. Le guardamos el sitio medio minuto.",
  "list.back": "{name} ha vuelto.",

  "day.today": "Hoy",
  "day.yesterday": "Ayer",

  "message.deleted": "Mensaje eliminado",
  "message.earlier": "Mensaje anterior",
  "message.actions": "Acciones del mensaje",
  "message.reactions": "Reacciones",
  "message.react": "Reaccionar con {emoji}",
  "message.reply": "Responder",
  "message.delete": "Eliminar para ambos",
  "message.retry": "Reintentar",
  "message.discard": "Descartar",

  "tick.sending": "Enviando",
  "tick.failed": "No enviado",
  "tick.sent": "Enviado",
  "tick.delivered": "Entregado",
  "tick.read": "Leído",

  "composer.write": "Escribe un mensaje",
  "composer.caption": "Añade un texto",
  "composer.label": "Mensaje para {name}",
  "composer.emoji": "Emojis",
  "composer.send": "Enviar",
  "composer.no-reply": "No responder",

  "message.delete-all": "Eliminar para todos",
} satisfies Record<keyof typeof en, string>;

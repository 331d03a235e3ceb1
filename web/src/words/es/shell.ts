import type en from "../en/shell.ts";

export default {
  "shell.resuming": "Te llevamos de vuelta…",
  "shell.chat": "Chat",
  "shell.dismiss": "Cerrar aviso",
  "shell.not-opened": "No se pudo abrir. Comprueba tu conexión e inténtalo de nuevo.",
  "shell.close": "Cerrar",
  "shell.try-again": "Reintentar",

  "time.hours": "{hours} h",
  "time.minutes": "{minutes} min",
  "time.minute": "un minuto",

  "banner.offline": "No tienes conexión.",
  "banner.reconnecting": "Volviendo a conectar…",
  "banner.unsent":
    "{count, plural, one {# mensaje} many {# de mensajes} other {# mensajes}} por enviar en cuanto vuelva la conexión.",
  "banner.try-now": "Probar ahora",

  "live.nobody": "Todavía no hay nadie más. Alguien tiene que ser el primero.",
  "live.online": "{count, plural, one {# persona} many {# de personas} other {# personas}} en línea",
  "live.searching": "{count, plural, one {# busca} many {# buscan} other {# buscan}} a alguien",

  "error.invalid": "Hay algo que no se acepta. Revísalo e inténtalo de nuevo.",
  "error.unauthenticated": "El servidor ya no te reconoce. Empieza de nuevo con otro nombre.",
  "error.token-expired": "Tu pase ha caducado. Recarga la página para obtener uno nuevo.",
  "error.session-ended": "Se acabó, y todo quedó olvidado. Empieza de nuevo cuando quieras.",
  "error.forbidden": "Ya no formas parte de este chat. Vuelve atrás y busca a otra persona.",
  "error.banned": "No puedes usar Passerby durante un tiempo, por las denuncias recibidas. Vuelve mañana.",
  "error.challenge-required":
    "Antes tenemos que comprobar que eres una persona. Recarga la página e inténtalo de nuevo.",
  "error.not-found": "Esto ya no está aquí. Vuelve atrás y elige otra cosa.",
  "error.conflict": "Ya está ocupado. Prueba con otro.",
  "error.busy": "Está en uso en este momento. Inténtalo de nuevo en un instante.",
  "error.room-closed": "El chat ha terminado, así que esto no se envió. Busca a otra persona cuando quieras.",
  "error.room-full": "Esta sala está llena. Prueba con otra.",
  "error.payload-too-large": "Es demasiado grande. Acórtalo e inténtalo de nuevo.",
  "error.unsupported-type": "No se acepta este tipo de archivo. Elige otro.",
  "error.rate-limited": "Has ido un poco rápido. Espera un momento e inténtalo de nuevo.",
  "error.draining": "El servidor se está reiniciando. Volverás en unos segundos.",
  "error.unavailable": "Ahora mismo no se puede contactar con el servidor. Comprueba tu conexión e inténtalo de nuevo.",
  "error.internal": "Algo ha fallado por nuestra parte. Inténtalo de nuevo en un momento.",
} satisfies Record<keyof typeof en, string>;

import type en from "../en/rooms.ts";

export default {
  "chat.partner": "La otra persona",
  "chat.online": "En línea",
  "chat.away": "Sin conexión",
  "chat.offline": "Se ha ido",
  "chat.leave": "Salir",
  "chat.next": "Siguiente",
  "chat.next-hint": "Dejar este chat y pasar a la siguiente persona (Esc, Esc)",
  "chat.sure": "¿Seguro?",
  "chat.both-like": "A ambos os gusta: {interests}",
} satisfies Record<keyof typeof en, string>;

import type en from "../en/matching.ts";

export default {
  "searching.cancel": "Cancelar",
  "searching.someone": "Buscando a alguien…",
  "searching.likes": "Buscando a alguien que comparta: {interests}…",
  "searching.speaks": "Buscando a alguien que hable {language}…",
  "searching.anyone": "Buscando a quien ande por aquí…",
  "searching.waited": "Esperando desde hace {time}",
  "searching.last": "La próxima persona que llegue será la tuya.",
  "searching.wider-speaks": "En {seconds} s buscaremos a cualquiera que hable {language}.",
  "searching.wider-anyone": "En {seconds} s buscaremos a cualquier persona.",
  "searching.now-speaks": "Ahora buscamos a cualquiera que hable {language}.",
  "searching.now-anyone": "Ahora buscamos a cualquier persona.",
  "searching.quiet": "Ahora mismo hay poca gente. Deja esto abierto: en cuanto pase alguien, estaréis charlando.",
  "searching.widen": "Buscar a cualquiera ya",

  "ended.label": "El chat ha terminado",
  "ended.left": "{name} ha salido del chat.",
  "ended.skipped": "{name} ha pasado a otra persona.",
  "ended.lost": "{name} perdió la conexión y no ha vuelto.",
  "ended.session-ended": "{name} se ha ido para siempre.",
  "ended.ended": "Este chat se ha cerrado.",
  "ended.over": "Este chat ha terminado.",
  "ended.next": "Siguiente persona",
  "ended.back": "Volver al inicio",

  "searching.rooms": "Mirar las salas mientras tanto",
} satisfies Record<keyof typeof en, string>;

import type en from "../en/offline.ts";

export default {
  "offline.title": "No tienes conexión",
  "offline.text": "Passerby necesita la red para encontrarte a alguien. En este dispositivo no se guarda nada tuyo.",
  "offline.again": "Reintentar",
  "unsupported.title": "Tu navegador es demasiado antiguo para Passerby",
  "unsupported.text": "Actualízalo o abre esta página en Chrome, Edge o Firefox 124, Safari 17.5 o posteriores.",
} satisfies Record<keyof typeof en, string>;

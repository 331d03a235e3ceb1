import type en from "../en/uploads.ts";

export default {
  "files.attach": "Adjuntar archivos",
  "files.attach-hint": "Adjuntar archivos (Ctrl+U)",
  "files.drop": "Suelta para enviar a {name}",
  "files.to-send": "Archivos por enviar",
  "files.remove": "Quitar {filename}",
  "files.gone": "Este archivo ya no existe",
  "files.not-loaded": "No se pudo cargar: {what}.",
  "files.not-opened": "No se pudo abrir. Comprueba tu conexión e inténtalo de nuevo.",
  "files.play": "Reproducir {filename}",
  "files.download": "Descargar {filename}",
  "files.open-photo": "Abrir la foto {filename}",
  "files.too-many": "Solo podemos con {most} archivos a la vez.",

  "files.voice": "Nota de voz",
  "files.photo": "Foto",
  "files.file": "Archivo",

  "files.of": "{sent} de {size}",
  "files.checking": "Comprobando…",
  "files.waiting": "Esperando…",
  "files.waiting-connection": "Esperando la conexión…",
  "files.keep-open": "No cierres esta página",
  "files.sending": "Enviando {name}",
  "files.cancel": "Cancelar el envío de {name}",
  "files.expires": "caduca en {time}",

  "fault.empty": "Este archivo está vacío.",
  "fault.too-large": "Es demasiado grande: un archivo puede tener hasta {fileMb} MB y una nota de voz, {voiceMb}.",
  "fault.too-long": "Una nota de voz puede durar {minutes} minutos como máximo.",
  "fault.type":
    "No se acepta este tipo de archivo. Sí se aceptan imágenes, audio, vídeo, PDF, texto, documentos de oficina y archivos comprimidos.",
  "fault.unreadable": "El archivo ya no se puede leer. Elígelo de nuevo.",
  "fault.changed": "El archivo ha cambiado desde que lo elegiste. Elígelo de nuevo.",
  "fault.invalid": "El archivo no es lo que dice ser, así que no se envió.",
  "fault.unsupported-type": "El archivo no es lo que dice su nombre, así que no se envió.",
  "fault.payload-too-large": "Este archivo contiene demasiado, así que no se envió.",
  "fault.over": "El chat ha terminado, así que esto no se envió.",
  "fault.conflict": "El archivo no llegó. Inténtalo de nuevo.",
  "fault.unavailable": "El archivo no llegó. Comprueba tu conexión e inténtalo de nuevo.",
  "fault.rate-limited": "Ya son bastantes archivos por ahora. Podrás enviar más en {time}.",
} satisfies Record<keyof typeof en, string>;

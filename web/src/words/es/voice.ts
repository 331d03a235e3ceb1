import type en from "../en/voice.ts";

export default {
  "voice.record": "Grabar una nota de voz",
  "voice.hold": "Mantén pulsado para grabar, o toca",
  "voice.note": "Nota de voz",
  "voice.recording": "Grabando",
  "voice.cancel": "Cancelar la grabación",
  "voice.send": "Enviar la nota de voz",
  "voice.full": "No puede durar más. ¿La envías?",
  "voice.let-go": "Suelta para enviar, desliza para cancelar",
  "voice.almost-full": "Queda poco tiempo",
  "voice.pause": "Pausar {name}",
  "voice.play": "Reproducir {name}",
  "voice.position": "Posición en {name}",
  "voice.at": "{at} de {length}",
  "voice.speed": "Velocidad: {rate}×",

  "mic.forbidden":
    "Passerby no puede usar el micrófono. Permítelo en los ajustes del sitio, junto a la dirección, e inténtalo de nuevo.",
  "mic.none": "No se encontró ningún micrófono. Conecta uno e inténtalo de nuevo.",
  "mic.busy": "El micrófono está ocupado. Cierra lo que lo esté usando e inténtalo de nuevo.",
  "mic.failed": "No se pudo iniciar la grabadora. Comprueba tu conexión e inténtalo de nuevo.",
} satisfies Record<keyof typeof en, string>;

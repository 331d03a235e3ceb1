export default {
  "voice.record": "Record a voice note",
  "voice.hold": "Hold to record, or tap",
  "voice.note": "Voice note",
  "voice.recording": "Recording",
  "voice.cancel": "Cancel recording",
  "voice.send": "Send voice note",
  "voice.full": "That's as long as it gets. Send it?",
  "voice.let-go": "Let go to send, slide away to cancel",
  "voice.almost-full": "Almost full",
  "voice.pause": "Pause {name}",
  "voice.play": "Play {name}",
  "voice.position": "Position in {name}",
  "voice.at": "{at} of {length}",
  "voice.speed": "Speed: {rate}×",

  "mic.forbidden":
    "Passerby may not use the microphone. Allow it in the site settings beside the address, then try again.",
  "mic.none": "No microphone was found. Connect one, then try again.",
  "mic.busy": "The microphone is busy. Close what else uses it, then try again.",
  "mic.failed": "The recorder couldn't be started. Check your connection and try again.",
} as const;

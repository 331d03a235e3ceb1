export default {
  "offline.title": "You're offline",
  "offline.text": "Passerby needs the network to find someone for you. Nothing of yours is kept on this device.",
  "offline.again": "Try again",
  "unsupported.title": "Your browser is too old for Passerby",
  "unsupported.text": "Update it, or open this page in Chrome, Edge or Firefox 124, Safari 17.5, or newer.",
} as const;

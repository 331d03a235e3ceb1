/** What makes the page one that can be installed: its manifest, and the worker that explains where the network is gone. */
import { VitePWA } from "vite-plugin-pwa";

export const pwa = VitePWA({
  strategies: "injectManifest",
  srcDir: ".",
  filename: "worker.js",
  injectManifest: { globPatterns: ["offline.{html,css}", "favicon.svg"] },
  includeManifestIcons: false,
  // A script of its own: the policy allows none inline. The library's other ways reload a page that is in use.
  injectRegister: "script-defer",
  manifest: {
    name: "Passerby",
    short_name: "Passerby",
    description: "Talk to a stranger passing by. No account; everything is forgotten within 24 hours.",
    id: "/",
    background_color: "#f6f5f1",
    theme_color: "#0b7080",
    icons: [
      { src: "/icon-192.png", sizes: "192x192", type: "image/png" },
      { src: "/icon-512.png", sizes: "512x512", type: "image/png" },
      { src: "/icon-maskable.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
    ],
  },
});

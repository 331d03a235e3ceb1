import { defineConfig } from "vite";
import { compileEmoji } from "./compile-emoji.ts";
import { compileWords } from "./compile-words.ts";
import { staticPages } from "./static-pages.ts";

/** `VITE_API_URL`: origin of the HTTP functions, where it is not the page's own. */
export default defineConfig({
  root: import.meta.dirname,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [compileEmoji(), compileWords(), staticPages()],
  // The list is written against React; Preact stands in for what of it it uses.
  resolve: { alias: { react: "preact/compat", "react-dom": "preact/compat" } },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    // Scripts and styles are files of our own origin: the page's policy allows nothing inline.
    assetsInlineLimit: 0,
    reportCompressedSize: true,
    // What two parts share is one file: dozens of small ones compress worse (79 kB of script at first load, so 74).
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "shared", minShareCount: 2 }] } } },
  },
});

import { defineConfig } from "vite";
import { compileWords } from "./compile-words.ts";
import { pwa } from "./pwa.ts";
import { staticPages } from "./static-pages.ts";
import { strictEmoji } from "./strict-emoji.ts";

/** What talks are made of, of pairs and of groups: nothing of it is on the start page, which loads it once it is drawn. */
const TALK =
  /\/web\/src\/(messages|uploads(?!\/xhr)|voice|emoji|reports|rooms\/(keys|more|back)|calls\/buttons)|\/node_modules\/(virtua|linkify-it|uc\.micro)\//;

/** What parts share is two files: dozens of small ones compress worse. */
const groups = [
  { name: "shared", minShareCount: 2, priority: 1, test: (id: string) => !TALK.test(id) },
  { name: "talk", minShareCount: 2 },
];

/** `VITE_API_URL`: origin of the HTTP functions, where it is not the page's own. */
export default defineConfig({
  root: import.meta.dirname,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [compileWords(), staticPages(), strictEmoji(), pwa],
  // The list is written against React; Preact stands in for what of it it uses.
  resolve: { alias: { react: "preact/compat", "react-dom": "preact/compat" } },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    // Scripts and styles are files of our own origin: the page's policy allows nothing inline.
    assetsInlineLimit: 0,
    reportCompressedSize: true,
    rolldownOptions: { output: { codeSplitting: { groups } } },
  },
});

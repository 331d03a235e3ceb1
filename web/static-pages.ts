/** Pages for those who have no network, or no browser to run this one in: plain, in every language, made from the message files. */
import type { Plugin } from "vite";
import { locales, type Locale } from "./src/words/locales.ts";
import ar from "./src/words/ar/offline.ts";
import de from "./src/words/de/offline.ts";
import en from "./src/words/en/offline.ts";
import es from "./src/words/es/offline.ts";

const words: Record<Locale, Record<keyof typeof en, string>> = { en, es, de, ar };

const offline = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Passerby</title>
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="/offline.css" />
  </head>
  <body>
   <main>
    <img src="/favicon.svg" alt="" />
${Object.entries(locales)
  .map(
    ([tag, { dir }]) => `    <section lang="${tag}" dir="${dir}">
      <h1>${words[tag as Locale]["offline.title"]}</h1>
      <p>${words[tag as Locale]["offline.text"]}</p>
      <a href="/">${words[tag as Locale]["offline.again"]}</a>
    </section>`,
  )
  .join("\n")}
   </main>
  </body>
</html>
`;

const said = Object.entries(words).map(([tag, one]) => [
  tag,
  { dir: locales[tag as Locale].dir, title: one["unsupported.title"], text: one["unsupported.text"] },
]);

/** As old as the browsers it is for: no const, no arrow. What is asked for is what the page uses and cannot do without. */
const supported = `(function () {
  var can = window.CSS && CSS.supports && CSS.supports("color", "light-dark(#000, #fff)") &&
    window.HTMLDialogElement && "popover" in HTMLElement.prototype && window.WebSocket && [].toSorted && "noModule" in document.createElement("script");
  if (can) return;
  var words = ${JSON.stringify(Object.fromEntries(said))};
  var tag = (navigator.language || "en").split("-")[0].toLowerCase();
  var mine = words[tag] || words.en;
  var place = document.getElementById("app");
  document.documentElement.lang = words[tag] ? tag : "en";
  document.documentElement.dir = mine.dir;
  place.id = "unsupported";
  place.innerHTML = '<main class="card-page"><h1></h1><p></p></main>';
  place.querySelector("h1").textContent = mine.title;
  place.querySelector("p").textContent = mine.text;
})();
`;

export function staticPages(): Plugin {
  return {
    name: "static-pages",
    apply: "build",
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "offline.html", source: offline });
      this.emitFile({ type: "asset", fileName: "supported.js", source: supported });
    },
    transformIndexHtml: () => [{ tag: "script", attrs: { src: "/supported.js" }, injectTo: "body" }],
  };
}

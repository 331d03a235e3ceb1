/** The emoji picker for a page that allows no inline style: its styles become objects, which the policy lets be, instead of text. */
import type { Plugin } from "vite";

/** A newer release may say it otherwise: whoever takes it in has to look again. */
const swaps = [
  [
    /const style = document\.createElement\('style'\);\s*style\.textContent = (.+);\s*this\.shadowRoot\.appendChild\(style\);/,
    "const style = new CSSStyleSheet(); style.replaceSync($1); this.shadowRoot.adoptedStyleSheets = [style];",
  ],
  [
    "targetNode.setAttribute(attributeName, newValue);",
    "if (attributeName === 'style') targetNode.style.cssText = newValue; else targetNode.setAttribute(attributeName, newValue);",
  ],
] as const;

export function strictEmoji(): Plugin {
  return {
    name: "strict-emoji",
    apply: "build",
    transform: {
      filter: { id: /\/emoji-picker-element\/picker\.js$/ },
      handler(code) {
        let strict = code;
        for (const [from, to] of swaps) {
          const before = strict;
          strict = strict.replace(from, to);
          if (strict === before) this.error(`no longer says ${from}, which web/strict-emoji.ts replaces`);
        }
        return { code: strict, map: null };
      },
    },
  };
}

/** Sentences become what the i18n library reads, so that the parser of their grammar stays out of the browser. */
import { compileMessage } from "@lingui/message-utils/compileMessage";
import type { Plugin } from "vite";

const A_CATALOGUE = /\/src\/words\/[a-z]{2}\/(?!index)\w+\.ts$/;

export function compileWords(): Plugin {
  return {
    name: "compile-words",
    // After TypeScript: what is left is a plain object.
    enforce: "post",
    transform: {
      filter: { id: A_CATALOGUE },
      async handler(code) {
        const { default: sentences } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
          default: Record<string, string>;
        };
        const compiled = Object.entries(sentences).map(([key, text]) => [key, compileMessage(text)]);
        return { code: `export default ${JSON.stringify(Object.fromEntries(compiled))}`, map: null };
      },
    },
  };
}

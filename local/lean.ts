/** For a function's bundle: nothing that its requests do not ask for is loaded on a cold start. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";
import { swapped, whole } from "./lean-swaps.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const ours = Symbol("ours");

/** @param name of the function */
export const lean = (name: string): Plugin => ({
  name: "lean",
  setup(build) {
    for (const { file, contents, loader = "js", neededBy } of whole)
      if (neededBy !== name) build.onLoad({ filter: file }, ({ path }) => ({ contents: contents(path), loader }));

    for (const { file, swaps } of swapped)
      build.onLoad({ filter: file }, async ({ path }) => {
        let contents = await readFile(path, "utf8");
        for (const [from, to] of swaps) {
          // A newer release may say it otherwise: whoever takes it in has to look again.
          if (!contents.includes(from))
            return { errors: [{ text: `no longer says ${from}, which local/lean-swaps.ts replaces` }] };
          contents = contents.replace(from, () => to);
        }
        return { contents, loader: path.endsWith(".ts") ? "ts" : "js" };
      });

    // A namespace as an object cannot be shaken.
    build.onLoad({ filter: /\/shared\/(protocol|middleware)\/[\w-]+\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replace('import { z } from "zod"', 'import * as z from "zod"'),
      loader: "ts",
    }));
    // Its form signer brings a second copy, of another version.
    build.onResolve({ filter: /^@aws-sdk\/client-s3$/ }, ({ path, kind, pluginData }) =>
      pluginData === ours ? undefined : build.resolve(path, { kind, resolveDir: root, pluginData: ours }),
    );
    // As a module it leaves the dictionaries behind that nobody uses.
    build.onResolve({ filter: /^unique-names-generator$/ }, () => ({
      path: join(root, "node_modules/unique-names-generator/dist/index.m.js"),
      sideEffects: false,
    }));
  },
});

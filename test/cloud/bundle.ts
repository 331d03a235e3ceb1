/** A handler bundled with the options of SST's own builder (pkg/runtime/node/build.go), which is a Go program and not callable. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "./platform.ts";

const banner = `
import { createRequire as topLevelCreateRequire } from "module";
const require = topLevelCreateRequire(import.meta.url);
import { fileURLToPath as topLevelFileUrlToPath, URL as topLevelURL } from "url";
const __filename = topLevelFileUrlToPath(import.meta.url);
const __dirname = topLevelFileUrlToPath(new topLevelURL(".", import.meta.url));`;

export interface Bundle {
  file: string;
  bytes: number;
  exports: string[];
  /** Packages that are installed beside the bundle, since a bundle cannot hold them. */
  native: string[];
}

/** @param handler `path/of/module.export`, from the project's root */
export async function bundleHandler(handler: string, folder: string): Promise<Bundle> {
  const module = handler.replace(/\.\w+$/, "");
  const file = join(folder, `${module}.mjs`);
  const entry = ["ts", "mjs"].map((extension) => join(root, `${module}.${extension}`)).find(existsSync);
  if (!entry) throw new Error(`${handler}: no such file`);
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    minify: true,
    keepNames: true,
    platform: "node",
    format: "esm",
    target: "esnext",
    mainFields: ["module", "main"],
    external: ["sharp", "pg-native"],
    banner: { js: banner },
    metafile: true,
    logLevel: "silent",
  });
  const [output] = Object.values(metafile.outputs);
  const imported = Object.values(metafile.inputs).flatMap(({ imports }) => imports);
  return {
    file,
    bytes: output!.bytes,
    exports: output!.exports,
    native: [...new Set(imported.filter(({ path, external }) => external && path === "sharp").map(({ path }) => path))],
  };
}

/** The functions as they are deployed: a file each, without what a cold start would load for nothing, the scripts beside them. */
import { mkdir, readdir, rm } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type BuildOptions, type Metafile } from "esbuild";
import { copyScripts } from "./bundle-processes.ts";
import { lean } from "./lean.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const handlers = join(root, "functions", "handlers");

export const bundling = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  keepNames: true,
  platform: "node",
  format: "esm",
  target: "node20",
  mainFields: ["module", "main"], // modules can be shaken
  external: ["sharp"], // native: installed beside the bundle
  banner: { js: `import{createRequire}from"node:module";const require=createRequire(import.meta.url);` },
  logLevel: "warning",
} as const satisfies BuildOptions;

/** One entry as one file. */
export async function bundleFunction(entry: string, outfile: string): Promise<Metafile> {
  const { metafile } = await build({
    ...bundling,
    entryPoints: [entry],
    outfile,
    metafile: true,
    plugins: [lean(basename(entry, ".ts"))],
  });
  return metafile;
}

/** @param only of these names; by default all @returns what esbuild says of each, by name */
export async function bundleFunctions(
  folder = join(root, "dist", "functions"),
  only?: string[],
): Promise<Record<string, Metafile>> {
  folder = resolve(root, folder);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const names = only ?? (await readdir(handlers)).map((file) => basename(file, ".ts"));
  await copyScripts(folder);
  const bundle = async (name: string) =>
    [name, await bundleFunction(join(handlers, `${name}.ts`), join(folder, `${name}.mjs`))] as const;
  return Object.fromEntries(await Promise.all(names.map(bundle)));
}

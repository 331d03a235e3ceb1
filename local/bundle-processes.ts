/** Processes as plain JavaScript beside the scripts that their stores read: what the containers run, and the bench. */
import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The Lua scripts go where the code that reads them is. */
export async function copyScripts(folder: string): Promise<void> {
  const stores = join(root, "shared", "stores");
  const scripts = (await readdir(stores)).filter((name) => name.endsWith(".lua"));
  await Promise.all(scripts.map((name) => cp(join(stores, name), join(folder, name))));
}

/** Empties the folder first. @param entryPoints from the project's root @returns the folder's path */
export async function bundleProcesses(entryPoints: string[], folder: string): Promise<string> {
  folder = resolve(root, folder);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints,
    outdir: folder,
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    sourcemap: "linked",
    logLevel: "warning",
  });
  await copyScripts(folder);
  return folder;
}

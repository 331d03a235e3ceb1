/** What the containers run: one folder of plain JavaScript each, the scripts beside it. */
import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundleFunctions } from "./bundle-functions.ts";
import { buildPageInto } from "./page.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** @returns the path of the entry file */
async function bundle(entry: string, folder: string): Promise<string> {
  folder = resolve(root, folder);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
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
  const stores = join(root, "shared", "stores");
  const scripts = (await readdir(stores)).filter((name) => name.endsWith(".lua"));
  await Promise.all(scripts.map((name) => cp(join(stores, name), join(folder, name))));
  return join(folder, basename(entry).replace(/ts$/, "js"));
}

export const bundleSocketTier = (folder = join(root, "dist", "socket-tier")) => bundle("socket-tier/index.ts", folder);

/** Gateway and schedule, with the functions and the page in folders beside them. */
export async function bundleHttp(folder = join(root, "dist", "http")): Promise<string> {
  const entry = await bundle("local/http.ts", folder);
  await bundleFunctions(join(folder, "functions"));
  await buildPageInto(resolve(root, folder, "page"));
  return entry;
}

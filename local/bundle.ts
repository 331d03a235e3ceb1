/** The socket tier as the container runs it: one folder of plain JavaScript, the scripts beside it. */
import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** @returns the path of the entry file */
export async function bundleSocketTier(folder = join(root, "dist", "socket-tier")): Promise<string> {
  folder = resolve(root, folder);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: ["socket-tier/index.ts"],
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
  return join(folder, "index.js");
}

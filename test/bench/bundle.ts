/** The processes of the bench as plain JavaScript, as production runs them: eight nodes start in the time tsx needs for one. */
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = join(here, "..", "..");
export const resultsDir = join(root, "dist", "bench");
const folder = join(resultsDir, "processes");

/** A file that is a process is named so. */
const isProcess = (name: string) => /(^|-)(us|peer|load)\.ts$/.test(name);

export async function bundleProcesses(): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: (await readdir(here)).filter(isProcess).map((name) => join(here, name)),
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
}

/** @param name of a process here, `us.ts`; bundleProcesses() has been */
export function processPath(name: string): string {
  const path = join(folder, name.replace(/ts$/, "js"));
  if (!existsSync(path)) throw new Error(`${name} is no process of the bench: it would be named us, peer or load`);
  return path;
}

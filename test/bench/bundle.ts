/** The processes of the bench as plain JavaScript, as production runs them: eight nodes start in the time tsx needs for one. */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleProcesses as bundle } from "../../local/bundle-processes.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
/** Inside the tree, so that what runs there finds its packages. */
export const resultsDir = join(here, "..", "..", "dist", process.env["BENCH_FOLDER"] ?? "bench");
const folder = join(resultsDir, "processes");

/** A file that is a process is named so. */
const isProcess = (name: string) => /(^|-)(us|peer|load)\.ts$/.test(name);

export async function bundleProcesses(): Promise<void> {
  await bundle(
    (await readdir(here)).filter(isProcess).map((name) => join(here, name)),
    folder,
  );
}

/** @param name of a process here, `us.ts`; bundleProcesses() has been */
export function processPath(name: string): string {
  const path = join(folder, name.replace(/ts$/, "js"));
  if (!existsSync(path)) throw new Error(`${name} is no process of the bench: it would be named us, peer or load`);
  return path;
}

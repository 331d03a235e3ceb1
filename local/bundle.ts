/** What the containers run: one folder of plain JavaScript each, the scripts beside it. */
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleFunctions } from "./bundle-functions.ts";
import { bundleProcesses } from "./bundle-processes.ts";
import { buildPageInto } from "./page.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** @returns the path of the entry file */
export const bundleSocketTier = async (folder = join(root, "dist", "socket-tier")): Promise<string> =>
  join(await bundleProcesses(["socket-tier/index.ts"], folder), "index.js");

/** Gateway and schedule, with the functions and the page in folders beside them. @returns the path of the entry file */
export async function bundleHttp(folder = join(root, "dist", "http")): Promise<string> {
  const made = await bundleProcesses(["local/http.ts"], folder);
  await bundleFunctions(join(folder, "functions"));
  await buildPageInto(resolve(root, folder, "page"));
  return join(made, "http.js");
}

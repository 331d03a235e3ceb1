/** `npm run bundle -- functions | socket-tier | http [folder]`: what the cloud gets, made here. */
import { bundleFunctions } from "./bundle-functions.ts";
import { bundleHttp, bundleSocketTier } from "./bundle.ts";

const [what, folder] = process.argv.slice(2);
if (what === "functions") {
  for (const [name, { outputs }] of Object.entries(await bundleFunctions(folder)))
    console.log(`${name.padEnd(8)} ${(Object.values(outputs)[0]!.bytes / 1024).toFixed(0).padStart(5)} KiB`);
} else if (what === "socket-tier") console.log(await bundleSocketTier(folder));
else if (what === "http") console.log(await bundleHttp(folder));
else {
  console.error("npm run bundle -- functions | socket-tier | http [folder]");
  process.exitCode = 2;
}

/** System programs that this project runs beside itself: found on PATH, or installed where that is allowed. */
import { execFileSync, spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The first of these names on PATH. */
export function findProgram(...names: string[]): string | undefined {
  for (const directory of (process.env["PATH"] ?? "").split(delimiter)) {
    for (const name of names) {
      try {
        accessSync(join(directory, name), constants.X_OK);
        return join(directory, name);
      } catch {
        continue;
      }
    }
  }
  return undefined;
}

/** Installs a Debian package, after saying so; only root on such a system may. @throws Error with `missing` */
export function installPackage(name: string, missing: string): void {
  const mayInstall = process.getuid?.() === 0 && spawnSync("apt-get", ["--version"]).status === 0;
  if (!mayInstall) throw new Error(missing);
  console.log(`${missing.split(":")[0]}: installing Debian's ${name} with apt-get …`);
  const options = { stdio: "inherit", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } } as const;
  execFileSync("apt-get", ["update"], options);
  execFileSync("apt-get", ["install", "-y", "--no-install-recommends", name], options);
}

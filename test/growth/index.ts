/**
 * `npx tsx test/growth/index.ts [--write]`: what a cell carries, and what that costs, by the figures of the README's section Speed.
 * `--write` puts it into the README: after a new round of the bench is pasted there, nothing else has to be changed.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readmeFile } from "./speed.ts";
import { inReadme, words } from "./words.ts";

if (process.argv.includes("--write")) {
  const readme = readFileSync(readmeFile, "utf8");
  writeFileSync(readmeFile, readme.replace(inReadme(readme), words));
  execFileSync("npx", ["prettier", "--write", "--log-level", "warn", fileURLToPath(readmeFile)], { stdio: "inherit" });
} else console.log(words());

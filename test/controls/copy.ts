/** A copy of the tree as it stands, in which a file may be broken for a while. */
import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Mutation, Row } from "./row.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

export interface Copy extends AsyncDisposable {
  /** Runs that test alone. @param fault put into the copy before, taken out after */
  run(row: Row, fault?: Mutation): Promise<Verdict>;
}

/** What is built or installed, and not in git. */
const linked = ["node_modules", ".sst"];

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** As in git, and what is not ignored; a file that was deleted is not there. */
async function filesHere(): Promise<string[]> {
  const list = await promisify(execFile)("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
  return list.stdout.split("\0").filter((file) => file !== "" && existsSync(file));
}

export async function copyTree(): Promise<Copy> {
  const dir = await mkdtemp(join(await realpath(tmpdir()), "passerby-controls-"));
  const files = await filesHere();
  await Promise.all(files.map((file) => cp(file, join(dir, file), { verbatimSymlinks: true })));
  for (const name of linked) if (existsSync(name)) await symlink(await realpath(name), join(dir, name));
  const report = join(dir, "report.json");

  async function test({ test, title }: Row): Promise<Verdict> {
    await rm(report, { force: true });
    const args = ["run", test, "-t", escaped(title), "--reporter=json", `--outputFile=${report}`];
    const vitest = join("node_modules", "vitest", "vitest.mjs");
    const child = spawn(process.execPath, [vitest, ...args], { cwd: dir, stdio: "ignore" });
    await new Promise((resolve) => child.once("exit", resolve));
    const text = await readFile(report, "utf8").catch(() => undefined);
    return verdictOf(text === undefined ? undefined : (JSON.parse(text) as Parameters<typeof verdictOf>[0]), title);
  }

  return {
    async run(row, fault) {
      if (!fault) return test(row);
      const file = join(dir, fault.file);
      const whole = await readFile(file, "utf8");
      await writeFile(
        file,
        whole.replace(fault.from, () => fault.to),
      );
      try {
        return await test(row);
      } finally {
        await writeFile(file, whole);
      }
    },
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
}

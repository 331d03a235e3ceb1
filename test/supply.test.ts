/** What we are made of: where packages come from, which versions, what they may run; and no secret in what is committed. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { lintSource } from "@secretlint/core";
import { creator } from "@secretlint/secretlint-rule-preset-recommend";
import { expect, test } from "vitest";
import packageJson from "../package.json" with { type: "json" };

interface Locked {
  version?: string;
  resolved?: string;
  integrity?: string;
  link?: boolean;
  hasInstallScript?: boolean;
}
type Lock = Record<string, Locked>;

const { packages: locked } = JSON.parse(readFileSync("package-lock.json", "utf8")) as { packages: Lock };
const nameOf = (path: string) => path.split("node_modules/").at(-1)!;

/** At least these, over all copies in the tree: below them something is known that an attacker could use against us. */
const minimum: Record<string, string> = {
  "socket.io": "4.6.2", //         CVE-2024-38355 an error event ends the process
  "socket.io-parser": "4.2.4", //  CVE-2023-32695 a packet ends the process
  "engine.io": "6.4.2", //         CVE-2023-31125 a request ends the process
  ws: "8.17.1", //                 CVE-2024-37890 many headers end the process
  express: "5.1.0",
  "body-parser": "2.2.1", //       CVE-2025-13466 denial of service by url-encoded bodies
  qs: "6.14.1", //                 CVE-2025-15284 arrays without limit
  "path-to-regexp": "8.2.0", //    CVE-2024-45296, CVE-2024-52798 backtracking
  cookie: "0.7.0", //              CVE-2024-47764 characters out of bounds
  send: "1.1.0", //                CVE-2024-43799 template injection
  "on-headers": "1.1.0", //        CVE-2025-7339 header manipulation
  "fast-jwt": "5.0.6", //          CVE-2025-30144 issuer not checked
  ioredis: "5.4.0",
  "rate-limiter-flexible": "5.0.0",
  helmet: "8.0.0",
  zod: "4.0.0",
  sharp: "0.32.6", //              CVE-2023-4863 libwebp
  esbuild: "0.25.0", //            GHSA-67mh-4wv8-2f99 the development server answers any page
};

function older(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split("-")[0]!.split(".").map(Number)) as [number[], number[]];
  for (const [i, wanted] of b.entries()) if (a[i] !== wanted) return (a[i] ?? 0) < wanted;
  return false;
}

function faultsOf(lock: Lock, allowed: string[]): string[] {
  const faults: string[] = [];
  for (const [path, { version = "", resolved, integrity, link, hasInstallScript }] of Object.entries(lock)) {
    if (path === "") continue;
    const name = nameOf(path);
    const from = resolved && new URL(resolved).origin;
    if (link || (from && from !== "https://registry.npmjs.org")) faults.push(`${name} comes from ${resolved}`);
    if (!integrity?.startsWith("sha512-")) faults.push(`${name} has no integrity`);
    if (minimum[name] && older(version, minimum[name])) faults.push(`${name} ${version} is too old`);
    if (hasInstallScript && !allowed.includes(name)) faults.push(`${name} runs a script at its installation`);
  }
  return faults;
}

test("every package is the registry's, with its hash, new enough, and runs nothing at installation that we do not know", () => {
  const allowed = Object.keys(packageJson.allowScripts);
  expect(faultsOf(locked, allowed)).toEqual([]);
  // Each package of the list that is not there any more is a line to delete.
  const there = new Set(Object.keys(locked).map(nameOf));
  expect(Object.keys(minimum).filter((name) => !there.has(name) && name in packageJson.dependencies)).toEqual([]);
  expect(Object.keys(locked).length).toBeGreaterThan(100);
});

test("a package from elsewhere, without its hash, too old, or with a script is found", () => {
  const good = { version: "9.0.0", integrity: "sha512-x" };
  const lock: Lock = {
    "": {},
    "node_modules/fine": { ...good, resolved: "https://registry.npmjs.org/fine/-/fine-9.0.0.tgz" },
    "node_modules/from-git": { ...good, resolved: "git+ssh://git@github.com/a/b.git#1" },
    "node_modules/bare": { version: "1.0.0" },
    "node_modules/engine.io/node_modules/ws": { ...good, version: "8.17.0" },
    "node_modules/express": { ...good, version: "4.99.0" },
    "node_modules/sneaky": { ...good, hasInstallScript: true },
  };
  expect(faultsOf(lock, ["esbuild"]).map((fault) => fault.split(" ")[0])).toEqual([
    "from-git",
    "bare",
    "ws",
    "express",
    "sneaky",
  ]);
});

test("versions are exact in package.json, so that the lockfile is all there is to check", () => {
  const all = { ...packageJson.dependencies, ...packageJson.devDependencies };
  expect(Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});

async function secretsIn(filePath: string, content: string): Promise<string[]> {
  const { messages } = await lintSource({
    source: { filePath, content, ext: extname(filePath), contentType: "text" },
    options: {
      config: { rules: [{ id: "@secretlint/secretlint-rule-preset-recommend", rule: creator, options: {} }] },
    },
  });
  return messages.map(({ ruleId, range }) => `${filePath}: ${ruleId} at ${range[0]}`);
}

/** What AWS prints in its own documentation is no secret. */
const published = ["wJalrXUtnFEMI/K7MDENG+bPxRfiCY", "EXAMPLEKEY"].join("");

test("no file that is committed holds a secret", async () => {
  const files = execFileSync("git", ["ls-files", "-z"], { encoding: "utf8" }).split("\0").filter(Boolean);
  expect(files.length).toBeGreaterThan(100);
  const found: string[] = [];
  for (const file of files) {
    const bytes = readFileSync(file);
    if (!bytes.subarray(0, 8_000).includes(0))
      found.push(...(await secretsIn(file, bytes.toString().replaceAll(published, ""))));
  }
  expect(found).toEqual([]);
});

test("a planted secret is found", async () => {
  // Put together here, or this very file would hold them.
  const planted = [
    ["AWS_SECRET_ACCESS", "_KEY=", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYqq7Zt3mN0a"],
    ["-----BEGIN RSA", " PRIVATE KEY-----\n", "MIIEpAIBAAKCAQEA".repeat(8), "\n-----END RSA", " PRIVATE KEY-----"],
    ["xoxb-", "123456789012-1234567890123-", "Ab3dEf6hIj9kLm2nOp5qRs8t"],
    ["https://user:", "s3cretPassw0rd", "@internal.example.org/path"],
  ].map((parts) => parts.join(""));
  for (const secret of planted) expect([secret, (await secretsIn("planted.txt", secret)).length]).toEqual([secret, 1]);
});

/** The functions as they are deployed: a file each, without what a cold start would load for nothing, the scripts beside them. */
import { cp, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Metafile, type Plugin } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const handlers = join(root, "functions", "handlers");

interface MimeType {
  compressible?: boolean;
  extensions?: string[];
}
/** 2,500 types, most of them some vendor's; an API of JSON asks for none of those. */
function fewTypes(json: string): string {
  const all = Object.entries(JSON.parse(json) as Record<string, MimeType>);
  const kept = all.filter(
    ([type, { compressible, extensions }]) => (compressible || extensions) && !/vnd[.]/.test(type),
  );
  return JSON.stringify(
    Object.fromEntries(kept.map(([type, { compressible, extensions }]) => [type, { compressible, extensions }])),
  );
}

const ours = Symbol("ours");
const noSignIn = `throw new Error("AWS credentials: this bundle takes them from the environment, a container or an instance")`;

const lean: Plugin = {
  name: "lean",
  setup(build) {
    // Bodies are UTF-8: tables of national character sets would be half of a bundle.
    build.onLoad({ filter: /iconv-lite\/encodings\/(dbcs-data|sbcs-data-generated)\.js$/ }, () => ({
      contents: "module.exports = {}",
    }));
    build.onLoad({ filter: /mime-db\/db\.json$/ }, async ({ path }) => ({
      contents: fewTypes(await readFile(path, "utf8")),
      loader: "json",
    }));
    // Error texts in 40 languages; and a namespace as an object cannot be shaken.
    build.onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({ contents: "export {}" }));
    build.onLoad({ filter: /\/shared\/(protocol|middleware)\/[\w-]+\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replace('import { z } from "zod"', 'import * as z from "zod"'),
      loader: "ts",
    }));
    // Tokens are HS256: what reads the keys of other algorithms is never asked.
    build.onLoad({ filter: /asn1\.js\/lib\/asn1\.js$/ }, () => ({ contents: "exports.define = () => ({});" }));
    // Credentials come from the environment, a container or an instance; signing in elsewhere would bring four more clients.
    build.onLoad({ filter: /@aws-sdk\/nested-clients\/.*\.js$/ }, () => ({ contents: noSignIn }));
    // Its form signer brings a second copy, of another version.
    build.onResolve({ filter: /^@aws-sdk\/client-s3$/ }, ({ path, kind, pluginData }) =>
      pluginData === ours ? undefined : build.resolve(path, { kind, resolveDir: root, pluginData: ours }),
    );
    // As a module it leaves the dictionaries behind that nobody uses.
    build.onResolve({ filter: /^unique-names-generator$/ }, () => ({
      path: join(root, "node_modules/unique-names-generator/dist/index.m.js"),
      sideEffects: false,
    }));
    // Its index loads a limiter for each of a dozen databases.
    build.onLoad({ filter: /rate-limiter-flexible\/index\.js$/ }, () => ({
      contents: ["RateLimiterRedis", "RateLimiterMemory", "RateLimiterRes"]
        .map((name) => `exports.${name} = require("./lib/${name}");`)
        .join("\n"),
    }));
  },
};

/** One entry as one file. */
export async function bundleFunction(entry: string, outfile: string): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    keepNames: true,
    platform: "node",
    format: "esm",
    target: "node20",
    external: ["sharp"], // native: installed beside the bundle
    banner: { js: `import{createRequire}from"node:module";const require=createRequire(import.meta.url);` },
    metafile: true,
    logLevel: "warning",
    plugins: [lean],
  });
  return metafile;
}

/** @returns what esbuild says of each, by name */
export async function bundleFunctions(folder = join(root, "dist", "functions")): Promise<Record<string, Metafile>> {
  folder = resolve(root, folder);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const names = (await readdir(handlers)).map((file) => basename(file, ".ts"));
  const stores = join(root, "shared", "stores");
  const scripts = (await readdir(stores)).filter((name) => name.endsWith(".lua"));
  await Promise.all(scripts.map((name) => cp(join(stores, name), join(folder, name))));
  const bundle = async (name: string) =>
    [name, await bundleFunction(join(handlers, `${name}.ts`), join(folder, `${name}.mjs`))] as const;
  return Object.fromEntries(await Promise.all(names.map(bundle)));
}

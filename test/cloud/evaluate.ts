/**
 * Evaluates sst.config.ts as `sst` does it: the same injected globals and definitions, SST's own component sources.
 * Pulumi's mocks (mocks.mjs) stand for its engine and for AWS, a JSON-RPC server for the command line, which bundles functions.
 */
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { text } from "node:stream/consumers";
import { build, type PluginBuild } from "esbuild";
import { type Bundle, bundleHandler } from "./bundle.ts";
import { platform, root, run } from "./platform.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- what a resource takes is AWS' to say
export type Inputs = Record<string, any>;
export interface Resource {
  type: string;
  name: string;
  inputs: Inputs;
}
export interface Stack {
  app: Inputs;
  outputs: Inputs;
  resources: Resource[];
  /** What `sst dev` runs on this machine, by component. */
  commands: Record<string, { command?: string; directory?: string; environment: Record<string, string> }>;
  /** By function. */
  bundles: Record<string, Bundle>;
  /** All resources of a type, which is named by its last part. */
  all(type: string): Resource[];
  /** The one resource of a type, or the one with that name. */
  one(type: string, name?: string | RegExp): Inputs;
}
export interface Stage {
  stage: string;
  /** As under `sst dev`. */
  dev?: boolean;
  env?: Record<string, string>;
  /** Changes the text of sst.config.ts and of each part (`cloud.ts`, `shared/cloud/`) first. */
  edit?: (source: string) => string;
  /** Bundle the functions? Otherwise they are taken to be there. */
  bundle?: boolean;
  /** Where bundles, and the archives that SST made of them, are to be kept. */
  folder?: string;
}

interface Question {
  method: string;
  params: [{ functionID: string; handler: string }];
}

/** What components ask of the command line. */
async function answer({ method, params: [asked] }: Question, folder: string, bundles?: Stack["bundles"]) {
  if (method === "Provider.Aws.Bootstrap")
    return {
      asset: "assets",
      state: "state",
      assetEcrRegistryId: "123456789012",
      assetEcrUrl: "ecr.example.net/assets",
    };
  if (method === "Provider.Aws.Appsync") return { http: "http", realtime: "ws" };
  if (method === "Runtime.AddTarget") return null;
  if (method !== "Runtime.Build") throw new Error(`unknown method ${method}`);
  const { functionID, handler } = asked;
  const out = join(folder, functionID);
  await mkdir(out, { recursive: true });
  if (!bundles) return { handler, out, errors: [], sourcemaps: [] };
  const bundle = await bundleHandler(handler, out);
  bundles[functionID] = bundle;
  const missing = bundle.exports.includes("handler") ? [] : [`${handler}: no such export`];
  return { handler, out, errors: missing, sourcemaps: [] };
}

async function commandLine(folder: string, bundles?: Stack["bundles"]) {
  const server = createServer((request, response) => {
    text(request)
      .then((body) => answer(JSON.parse(body) as Question, folder, bundles))
      .then(
        (result) => ({ result }),
        (error: unknown) => ({ error: String(error) }),
      )
      .then((reply) => response.setHeader("content-type", "application/json").end(JSON.stringify(reply)))
      .catch(() => response.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

const banner = `
import { createRequire as requireFrom } from "node:module";
import { fileURLToPath as pathOf } from "node:url";
const require = requireFrom(import.meta.url), __filename = pathOf(import.meta.url), __dirname = pathOf(new URL(".", import.meta.url));`;
const usual = { bundle: true, format: "esm", platform: "node", logLevel: "silent" } as const;
const config = join(root, "sst.config.ts");

/** The configuration as modules: no import at the top of the first, as SST demands, and the same globals in all. */
const source = (edit: Stage["edit"], before = "") => ({
  name: "config",
  setup(b: PluginBuild) {
    b.onLoad({ filter: /\/(?:sst\.config|cloud|shared\/cloud\/\w+)\.ts$/ }, async ({ path }) => {
      const contents = await readFile(path, "utf8");
      return { contents: before + (edit?.(contents) ?? contents), loader: "ts" };
    });
    b.onResolve({ filter: /./ }, ({ importer, kind, path }) =>
      basename(importer) === "sst.config.ts" &&
      kind === "import-statement" &&
      !path.includes(platform) &&
      path !== "@pulumi/aws"
        ? { errors: [{ text: `sst.config.ts must not import ${path} at its top` }] }
        : undefined,
    );
  },
});

async function evaluateApp({ stage, edit }: Stage, folder: string): Promise<Inputs> {
  const outfile = join(folder, "app.mjs");
  const contents = `import it from ${JSON.stringify(config)}; console.log(JSON.stringify(it.app({ stage: ${JSON.stringify(stage)} })));`;
  const js = `${banner}\nfunction $config(it) { return it }`;
  await build({
    ...usual,
    outfile,
    stdin: { contents, resolveDir: root, loader: "ts" },
    banner: { js },
    external: ["@pulumi/*"],
    plugins: [source(edit)],
  });
  const { stdout } = await run(process.execPath, [outfile]);
  return { ...(JSON.parse(stdout) as Inputs), stage };
}

/** Where nobody looks at the functions, the configuration does not bundle them either. */
const withoutBundling = (source: string) => source.replace(/^.*execFileSync\("node".*$/m, "");

/** @throws what `sst deploy` would print where the configuration is wrong */
export async function evaluate(asked: Stage): Promise<Stack> {
  const { dev = false, edit, env, bundle = false } = asked;
  await mkdir(join(root, "web", "dist"), { recursive: true }); // built by a command of the deployment, which the mocks do not run
  // Its imports of @pulumi have to be found from where it is.
  const scratch = await mkdtemp(join(platform, "evaluate-"));
  const folder = asked.folder ?? scratch;
  const bundles: Stack["bundles"] = {};
  const server = await commandLine(folder, bundle ? bundles : undefined);
  try {
    const app = await evaluateApp(asked, scratch);
    const [outfile, answerFile] = [join(scratch, "run.mjs"), join(scratch, "answer.json")];
    const globals = `import * as aws from "@pulumi/aws"; import * as sst from ${JSON.stringify(join(platform, "src/components"))};\n`;
    const contents = `
      import { install, finish } from ${JSON.stringify(join(root, "test/cloud/mocks.mjs"))};
      import { run } from ${JSON.stringify(join(platform, "src/auto/run.ts"))};
      import it from ${JSON.stringify(config)};
      install();
      await finish(() => run(it.run), ${JSON.stringify(answerFile)});`;
    const paths = { home: scratch, root, work: folder, platform };
    await build({
      ...usual,
      outfile,
      stdin: { contents, resolveDir: root, loader: "ts" },
      banner: { js: banner },
      mainFields: ["module", "main"],
      nodePaths: [join(platform, "node_modules")],
      inject: [join(platform, "src/shim/run.js")],
      define: {
        $app: JSON.stringify(app),
        $dev: String(dev),
        $cli: JSON.stringify({ command: dev ? "dev" : "deploy", dev, paths, state: { version: {} } }),
      },
      external: [
        "@pulumi/*",
        "@pulumiverse/*",
        "@sst-provider/*",
        "@aws-sdk/*",
        "undici",
        "esbuild",
        "archiver",
        "glob",
        "vite",
      ],
      plugins: [source((text) => (edit ?? String)(bundle ? text : withoutBundling(text)), globals)],
    });
    const aws = {
      AWS_REGION: "eu-west-1",
      SST_AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "x",
      AWS_SECRET_ACCESS_KEY: "x",
    };
    await run(process.execPath, ["--no-warnings", outfile], {
      cwd: root,
      maxBuffer: 1 << 26,
      env: { PATH: process.env["PATH"], SST_SERVER: server.url, ...aws, ...env },
    }).catch((error: { stderr?: string }) => {
      throw new Error(`sst.config.ts: ${String(error.stderr).trim()}`);
    });
    const { resources, outputs, commands } = JSON.parse(await readFile(answerFile, "utf8")) as Pick<
      Stack,
      "resources" | "outputs" | "commands"
    >;
    const all = (type: string) => resources.filter((resource) => resource.type.split(":").at(-1) === type);
    const one = (type: string, name: string | RegExp = /./) => {
      const found = all(type).filter((it) => (typeof name === "string" ? it.name === name : name.test(it.name)));
      if (found.length !== 1) throw new Error(`${type} ${name}: not one, but ${found.map((it) => it.name).join()}`);
      return found[0]!.inputs;
    };
    return { app, outputs, resources, commands, bundles, all, one };
  } finally {
    server.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Parts of packages that no function asks for, and what stands in their place. What is only put off stays in the bundle. */
import { readFileSync } from "node:fs";

export interface Whole {
  file: RegExp;
  /** Instead of the file. */
  contents: (path: string) => string;
  loader?: "js" | "json";
  /** The function that asks for it. */
  neededBy?: string;
}

interface MimeType {
  extensions?: string[];
}
/** Of 2,500 types those that our answers and bodies have. */
const mimeTypes =
  /^(text\/(html|plain|css|javascript|xml)|application\/(json|problem\+json|x-www-form-urlencoded|octet-stream|pdf)|multipart\/form-data|image\/(png|jpeg|gif|webp|svg\+xml))$/;
function fewTypes(json: string): string {
  const all = Object.entries(JSON.parse(json) as Record<string, MimeType>);
  return JSON.stringify(Object.fromEntries(all.filter(([type]) => mimeTypes.test(type))));
}

/** Names of fields stand there as constants, which esbuild cannot know to be free of effects: written out, what no command uses falls away. */
function plainKeys(source: string): string {
  const words = new Map([...source.matchAll(/^const (_\w+) = ("[^"\n]*");$/gm)].map(([, name, word]) => [name, word]));
  if (words.size === 0)
    throw new Error("the S3 client's schemas are written otherwise by now: see local/lean-swaps.ts");
  return source.replace(/\[(_\w+)\]:/g, (key, name: string) => (words.has(name) ? `${words.get(name)}:` : key));
}

/** A module that says all its names, and does nothing. */
const namesOnly = (source: string) =>
  [...source.matchAll(/^export (?:const|function) (\w+)/gm)]
    .map(([, name]) => `export const ${name} = () => {};`)
    .join("\n");

const said = (contents: string) => () => contents;
const noSignIn = `throw new Error("AWS credentials: this bundle takes them from the environment, a container or an instance")`;
const notHere = (what: string) => `throw new Error("a function's bundle holds no ${what}: see local/lean-swaps.ts")`;

export const whole: Whole[] = [
  // Bodies are UTF-8: tables of national character sets would be half of a bundle.
  { file: /iconv-lite\/encodings\/([ds]bcs-.*|utf7|utf32)\.js$/, contents: said("module.exports = {}") },
  { file: /mime-db\/db\.json$/, contents: (path) => fewTypes(readFileSync(path, "utf8")), loader: "json" },
  // Error texts in 40 languages.
  { file: /zod\/v4\/locales\/index\.js$/, contents: said("export {}") },
  // Schemas as JSON are the documents' matter.
  {
    file: /zod\/v4\/core\/(json-schema-processors|to-json-schema)\.js$/,
    contents: (path) => namesOnly(readFileSync(path, "utf8")),
    neededBy: "docs",
  },
  // Tokens are HS256: what reads the keys of other algorithms is never asked.
  { file: /asn1\.js\/lib\/asn1\.js$/, contents: said("exports.define = () => ({});") },
  // Credentials come from the environment, a container or an instance; signing in elsewhere would bring four more clients.
  { file: /@aws-sdk\/nested-clients\/.*\.js$/, contents: said(noSignIn) },
  // The chain of credentials goes on to the next after these.
  {
    file: /@aws-sdk\/credential-provider-(ini|login|process|sso|web-identity)\/dist-es\/index\.js$/,
    contents: said(
      `const no = () => async () => { throw Object.assign(new Error("not in this bundle"), { tryNextLink: true }) };
      export { no as fromIni, no as fromLoginCredentials, no as fromProcess, no as fromSSO, no as fromTokenFile };`,
    ),
  },
  {
    file: /client-s3\/dist-es\/schemas\/schemas_0\.js$/,
    contents: (path) => plainKeys(readFileSync(path, "utf8")),
  },
  // Of whom this says how an object looks, error texts that nobody reads; and whether a pattern is slow, of patterns that we do not have.
  { file: /object-inspect\/index\.js$/, contents: said("module.exports = String;") },
  { file: /safe-regex2\/index\.js$/, contents: said("module.exports = () => true;") },
  // Certificates of a provider's by name.
  { file: /ioredis\/built\/constants\/TLSProfiles\.js$/, contents: said("exports.default = {};") },
  // Its index loads a limiter for each of a dozen databases.
  {
    file: /rate-limiter-flexible\/index\.js$/,
    contents: said(
      ["RateLimiterRedis", "RateLimiterMemory", "RateLimiterRes"]
        .map((name) => `exports.${name} = require("./lib/${name}");`)
        .join("\n"),
    ),
  },
  // One Redis primary, by its address.
  {
    file: /ioredis\/built\/cluster\/index\.js$/,
    contents: said(`exports.default = class Cluster { constructor() { ${notHere("cluster client")} } };`),
  },
  {
    file: /ioredis\/built\/connectors\/SentinelConnector\/index\.js$/,
    contents: said(`exports.default = class { constructor() { ${notHere("sentinel client")} } };`),
  },
  // Lines go to stdout by themselves; a thread of pino's would be frozen with the function.
  { file: /pino\/lib\/transport\.js$/, contents: said(`module.exports = () => { ${notHere("pino transport")} };`) },
  // DEBUG is read by nobody in a function.
  {
    file: /\/debug\/src\/index\.js$/,
    contents: said(
      "const off = Object.assign(() => {}, { enabled: false }); exports = module.exports = () => off; exports.default = exports;",
    ),
  },
];

export interface Swap {
  file: RegExp;
  /** What the file says, and what it says in a bundle. */
  swaps: [from: string, to: string][];
}

const later = (module: string, method?: string) =>
  `(...args) => require("${module}")${method === undefined ? "" : `.${method}`}(...args)`;

export const swapped: Swap[] = [
  // Reading bodies, serving files, taking apart nested queries: put off until something asks.
  {
    file: /express\/lib\/express\.js$/,
    swaps: [
      [
        "require('body-parser')",
        `{ ${["json", "raw", "text", "urlencoded"].map((type) => `${type}: ${later("body-parser", type)}`).join(", ")} }`,
      ],
      ["require('serve-static')", later("serve-static")],
    ],
  },
  { file: /express\/lib\/response\.js$/, swaps: [["require('send')", later("send")]] },
  { file: /express\/lib\/utils\.js$/, swaps: [["require('qs')", `{ parse: ${later("qs", "parse")} }`]] },
  { file: /serverless-http\/lib\/provider\/get-provider\.js$/, swaps: [["require('./azure')", "undefined"]] },
  { file: /pino\/lib\/tools\.js$/, swaps: [["require('worker_threads')", "{ isMainThread: true }"]] },
  {
    file: /ioredis\/built\/connectors\/StandaloneConnector\.js$/,
    swaps: [['require("tls")', `{ connect: ${later("tls", "connect")} }`]],
  },
  // What is imported later is kept whole; imported at once, the S3 client is left with the commands that are used.
  {
    file: /shared\/storage\/index\.ts$/,
    swaps: [
      ["import type", 'import * as disk from "./disk.ts";\nimport * as s3 from "./s3.ts";\nimport type'],
      ['await import("./disk.ts")', "disk"],
      ['await import("./s3.ts")', "s3"],
    ],
  },
  // 600 methods, added one by one to an object that is a prototype already, took V8 9 ms; to one that becomes it after, 0.3.
  {
    file: /ioredis\/built\/utils\/Commander\.js$/,
    swaps: [
      ["commands.forEach(", "const methods = Object.create(null);\ncommands.forEach("],
      ["Commander.prototype[commandName] =", "methods[commandName] ="],
      ['Commander.prototype[commandName + "Buffer"] =', 'methods[commandName + "Buffer"] ='],
      [
        "Commander.prototype.call =",
        "Object.setPrototypeOf(Commander.prototype, Object.setPrototypeOf(methods, Object.prototype));\nCommander.prototype.call =",
      ],
    ],
  },
];

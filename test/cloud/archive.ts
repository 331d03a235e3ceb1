/** The archive that SST makes for Lambda: unpacked and run as Lambda runs it, in a process of its own. */
import { execFile } from "node:child_process";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { inflateRawSync } from "node:zlib";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { root } from "./platform.ts";

const [centralEntry, end] = [0x02014b50, 0x06054b50];

/** As much of the format as SST's archiver writes: no encryption, no zip64. @returns the names */
export async function unpack(file: string, folder: string): Promise<string[]> {
  const zip = await readFile(file);
  let at = zip.length - 22;
  while (zip.readUInt32LE(at) !== end) at -= 1;
  at = zip.readUInt32LE(at + 16);
  const names: string[] = [];
  while (zip.readUInt32LE(at) === centralEntry) {
    const size = zip.readUInt32LE(at + 20);
    const lengths = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30), zip.readUInt16LE(at + 32)] as const;
    const local = zip.readUInt32LE(at + 42);
    const stored = zip.readUInt16LE(at + 10) === 0;
    const name = zip.toString("utf8", at + 46, at + 46 + lengths[0]);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const bytes = zip.subarray(start, start + size);
    at += 46 + lengths[0] + lengths[1] + lengths[2];
    if (name.endsWith("/")) continue;
    const target = join(folder, name);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, stored ? bytes : inflateRawSync(bytes));
    names.push(name);
  }
  return names;
}

/** What SST installs beside the bundle. */
export const installNative = (folder: string) => symlink(join(root, "node_modules"), join(folder, "node_modules"));

const start = `
const [file, event] = process.argv.slice(1);
const { handler } = await import(file);
const answer = await handler(JSON.parse(event), { getRemainingTimeInMillis: () => 20000 });
process.stdout.write("\\n~answer" + JSON.stringify(answer), () => process.exit(0));`;

/** One event in a cold process that has this environment and no other. */
export async function invoke<Answer = APIGatewayProxyStructuredResultV2>(
  folder: string,
  handler: string,
  event: object,
  env: Record<string, string>,
): Promise<Answer> {
  const file = join(folder, handler.replace(/\.handler$/, ".mjs"));
  const args = ["--input-type=module", "-e", start, file, JSON.stringify(event)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, env });
  return JSON.parse(stdout.slice(stdout.indexOf("\n~answer") + 8)) as Answer;
}

/** What API Gateway sends. */
export const request = (method: string, path: string) => ({
  version: "2.0",
  routeKey: "$default",
  rawPath: path,
  rawQueryString: "",
  headers: { host: "api.chat.example.com", origin: "https://chat.example.com", "x-forwarded-for": "192.0.2.1" },
  requestContext: {
    http: { method, path, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "" },
    requestId: "1",
    stage: "$default",
  },
  isBase64Encoded: false,
});

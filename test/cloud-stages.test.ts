/** sst.config.ts for other stages than production, evaluated against mocks, not deployed; and what the evaluation refuses. */
import { spawn } from "node:child_process";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { freePort } from "../local/port.ts";
import { loadConfig } from "../shared/config.ts";
import { evaluate } from "./cloud/evaluate.ts";
import { installPlatform, root } from "./cloud/platform.ts";
import { deployed, envOf, fn, functionsOf, leastPrivilege, paidFor, secrets, touches } from "./cloud/reading.ts";
import { stages } from "./growth/plan.ts";
import { freshRedisUrl } from "./support/redis.ts";

beforeAll(installPlatform, 240_000);

describe("other stages, evaluated against mocks, not deployed", () => {
  test("a stage of one's own is small, has names of its own, and goes with everything in it", async () => {
    const stack = await evaluate({ stage: "alice", env: deployed });
    expect(stack.app).toMatchObject({ removal: "remove", protect: false });
    expect(stack.outputs).toMatchObject({
      page: "https://alice.chat.example.com",
      api: "https://api.alice.chat.example.com",
      socket: "https://socket.alice.chat.example.com",
    });
    expect(paidFor(stack)).toEqual(stages["one's own"]);
    expect(touches(stack)).toEqual(leastPrivilege);
  }, 120_000);

  test("under `sst dev` the tier, the page and Redis are this machine's, functions are live, no name is needed", async () => {
    const stack = await evaluate({ stage: "dev", dev: true, env: secrets });
    for (const type of ["ReplicationGroup", "LoadBalancer", "TaskDefinition", "Distribution", "MetricAlarm"])
      expect(stack.all(type)).toEqual([]);
    expect(stack.all("Service").filter(({ type }) => type.startsWith("aws:ecs/"))).toEqual([]);
    expect(stack.outputs).toMatchObject({ page: "http://localhost:5173", socket: "http://localhost:3001" });
    expect(functionsOf(stack)).toHaveLength(6);
    for (const name of ["Api", "Stats", "Uploads", "Cleanup"]) {
      expect(fn(stack, name)["vpcConfig"]).toBeUndefined();
      expect(loadConfig(envOf(stack, name)).redisUrl).toBe("redis://127.0.0.1:6379");
    }

    expect(stack.commands["Page"]).toMatchObject({
      command: "npx vite",
      directory: "web",
      environment: { VITE_API_URL: expect.stringMatching(/^https:/) },
    });
    const { command, environment } = stack.commands["SocketTierDev"]!;
    expect(loadConfig(environment)).toMatchObject({ redisUrl: "redis://127.0.0.1:6379", trustedProxies: 0 });
    const port = await freePort();
    const here = { ...environment, REDIS_URL: await freshRedisUrl(), SOCKET_PORT: String(port) };
    const env = { PATH: process.env["PATH"], ...here };
    const [program = "", ...args] = command!.split(" ");
    const tier = spawn(program, args, { cwd: root, env, stdio: "ignore", detached: true });
    onTestFinished(() => void process.kill(-tier.pid!, "SIGKILL"));
    const ready = () =>
      fetch(`http://127.0.0.1:${port}/health/ready`).then(
        ({ status }) => status,
        () => 0,
      );
    await expect.poll(ready, { interval: 100 }).toBe(200);
  }, 120_000);
});

describe("the proof notices", () => {
  test("a permission that is gone", async () => {
    const edit = (source: string) =>
      source.replace('withBucket(["s3:GetObject", "s3:DeleteObject"])', 'withBucket(["s3:GetObject"])');
    const stack = await evaluate({ stage: "without", env: deployed, edit });
    expect(touches(stack)).not.toEqual(leastPrivilege);
    expect(touches(stack)["CleanupRole"]).not.toContain("s3:DeleteObject");
  }, 120_000);

  test("a domain that nobody named", async () => {
    await expect(evaluate({ stage: "refused", env: secrets })).rejects.toThrow("PASSERBY_DOMAIN is needed to deploy");
  }, 120_000);
});

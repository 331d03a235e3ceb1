/** sst.config.ts, evaluated against mocks: nobody here has an AWS account, so nothing is deployed. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { routeTable } from "../functions/routes.ts";
import { loadConfig } from "../shared/config.ts";
import { evaluate, type Stack, type Stage } from "./cloud/evaluate.ts";
import { installPlatform, root, run } from "./cloud/platform.ts";
import {
  container,
  containerEnv,
  deployed,
  envOf,
  fn,
  functionsOf,
  leastPrivilege,
  open,
  secrets,
  statements,
  touches,
} from "./cloud/reading.ts";

const pingMs = 10_000;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "passerby-cloud-"));
  await installPlatform();
}, 240_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const evaluated = (stage: Omit<Stage, "folder">) => evaluate({ folder: join(folder, stage.stage), ...stage });

test("the configuration fits SST's own types", async () => {
  const tsc = run(join(root, "node_modules/.bin/tsc"), ["-p", "test/cloud/tsconfig.json"], { cwd: root });
  const complaints = await tsc.catch((error: { stdout: string }) => error);
  expect(complaints.stdout).toBe("");
}, 120_000);

describe("stage production, evaluated against mocks, not deployed", () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await evaluated({ stage: "production", env: deployed });
  }, 120_000);

  test("it is kept and protected", () => {
    expect(stack.app).toMatchObject({ name: "passerby", removal: "retain", protect: true });
  });

  test("only uploads and cleanup read or write the bucket, nodes delete, nobody else touches it", () => {
    expect(touches(stack)).toEqual(leastPrivilege);
  });

  test("nothing that is granted is wildcarded, besides an object's own id", () => {
    for (const { name, inputs } of stack.all("Role")) {
      for (const { actions, resources } of statements(inputs)) {
        expect.soft([name, actions.filter((action) => action.includes("*"))]).toEqual([name, []]);
        const wide = resources.filter((resource) => resource.replace(/\/(in|kept)\/\*$/, "").includes("*"));
        expect.soft([name, resources.length > 0, wide]).toEqual([name, true, []]);
      }
      const managed = (inputs["managedPolicyArns"] ?? []) as string[];
      expect
        .soft(
          managed.filter(
            (arn) => !/AWSLambda(Basic|VPCAccess)ExecutionRole$|AmazonECSTaskExecutionRolePolicy$/.test(arn),
          ),
        )
        .toEqual([]);
    }
    const permissions = stack.all("Permission");
    expect(permissions).toHaveLength(routeTable.length);
    for (const { inputs } of permissions) expect(inputs["sourceArn"]).toMatch(/^arn:.+Gateway/);
  });

  test.each(["Health", "Docs"])("%s has no secret, no Vpc, no right", (name) => {
    expect(fn(stack, name)["vpcConfig"]).toBeUndefined();
    expect(statements(stack.one("Role", `${name}Role`))).toEqual([]);
    expect(
      Object.keys(envOf(stack, name)).filter((it) => /^(?!SST_).*(KEY|SECRET|TOKEN|REDIS|STORE)/.test(it)),
    ).toEqual([]);
    for (const name of ["Api", "Stats", "Uploads", "Cleanup"]) expect(fn(stack, name)["vpcConfig"]).toBeDefined();
  });

  test("every route of the table is the gateway's, and CORS is ours alone", () => {
    expect(
      stack
        .all("Route")
        .map(({ inputs }) => inputs["routeKey"] as string)
        .toSorted(),
    ).toEqual(routeTable.map(({ route }) => route).toSorted());
    expect(stack.one("Api", "GatewayApi")["corsConfiguration"] ?? {}).toEqual({});
    expect(JSON.stringify(stack.one("Stage")["accessLogSettings"])).not.toMatch(/sourceIp|userAgent|path/);
  });

  test("the settings of every process are ones that it starts with", () => {
    const withKeys = ["Api", "Stats", "Uploads", "Cleanup"].map((name) => loadConfig(envOf(stack, name)));
    const keyless = ["Health", "Docs"].map((name) => loadConfig(envOf(stack, name), { keys: false }));
    const secret = Object.fromEntries(
      container(stack).secrets.map(({ name }) => [name, String(open(stack.one("Parameter", name)["value"]))]),
    );
    expect(Object.keys(secret).toSorted()).toEqual(["ADMIN_TOKEN", "JWT_KEYS", "REDIS_URL", "TURN_SECRET"]);
    const tier = loadConfig({ ...containerEnv(stack), ...secret });
    for (const { production, corsOrigins, socketUrl } of [...withKeys, ...keyless, tier]) {
      expect([production, corsOrigins, socketUrl]).toEqual([
        true,
        ["https://chat.example.com"],
        "https://socket.chat.example.com",
      ]);
    }
    expect(tier.trustedProxies).toBe(1);
    expect(new URL(tier.redisUrl)).toMatchObject({ protocol: "rediss:", password: encodeURIComponent("pass/word#1") });
  });

  test("secrets stand in no task definition", () => {
    expect(JSON.stringify(container(stack))).not.toMatch(new RegExp(Object.values(secrets).join("|")));
    for (const { inputs } of stack.all("Parameter")) expect(inputs["type"]).toBe("SecureString");
    const readable = statements(stack.one("Role", "SocketTierExecutionRole"));
    expect(readable).toEqual([
      { actions: ["ssm:GetParameters"], resources: container(stack).secrets.map((it) => it.valueFrom) },
    ]);
  });

  test("a node has the time to drain, and its balancer lets a quiet websocket be", () => {
    const { stopTimeout, healthCheck } = container(stack);
    expect(stopTimeout * 1000).toBeGreaterThan(Number(containerEnv(stack)["SHUTDOWN_MS"]) + 500);
    expect(stopTimeout).toBeLessThanOrEqual(120); // Fargate's most
    expect(healthCheck.command.join(" ")).toContain(":3001/health'");
    const target = stack.one("TargetGroup");
    expect(target).toMatchObject({
      stickiness: { enabled: false },
      healthCheck: { path: "/health/ready", matcher: "200" },
      deregistrationDelay: 10,
    });
    expect(stack.one("LoadBalancer")["idleTimeout"] * 1000).toBeGreaterThanOrEqual(3 * pingMs);
    expect(stack.one("Listener", /HTTP80$/)["defaultActions"][0]).toMatchObject({ type: "redirect" });
    const ports = stack.one("SecurityGroup")["ingress"] as { fromPort: number; toPort: number }[];
    expect(ports.map(({ fromPort, toPort }) => [fromPort, toPort])).toEqual([
      [80, 80],
      [443, 443],
    ]);
  });

  test("two containers at least, on arm64, scaled by processor and memory", () => {
    expect(stack.one("Target")).toMatchObject({ minCapacity: 2, maxCapacity: 10 });
    const scaledBy = stack.all("Policy").map(({ inputs }) => JSON.stringify(inputs));
    expect(new Set(scaledBy.map((it) => /ECSServiceAverage(CPU|Memory)Utilization/.exec(it)?.[1]))).toEqual(
      new Set(["CPU", "Memory"]),
    );
    expect(stack.one("TaskDefinition")["runtimePlatform"]).toMatchObject({ cpuArchitecture: "ARM64" });
    expect(stack.one("Image")).toMatchObject({
      platforms: ["linux/arm64"],
      dockerfile: { location: join(root, "Dockerfile") },
      target: "sockets",
    });
    for (const { inputs } of functionsOf(stack).filter(({ name }) => !name.startsWith("Page")))
      expect(inputs).toMatchObject({ architectures: ["arm64"], runtime: "nodejs24.x" });
  });

  test("the database is one encrypted primary and its replica, in subnets without a way out, and evicts nothing", () => {
    expect(stack.one("ReplicationGroup")).toMatchObject({
      engine: "valkey",
      clusterMode: "disabled",
      numCacheClusters: 2,
      automaticFailoverEnabled: true,
      multiAzEnabled: true,
      transitEncryptionEnabled: true,
      atRestEncryptionEnabled: true,
      snapshotRetentionLimit: 0,
    });
    expect(stack.one("ParameterGroup")["parameters"]).toContainEqual({ name: "maxmemory-policy", value: "noeviction" });
    expect(stack.one("SubnetGroup")["subnetIds"]).toEqual(["VpcPrivateSubnet1-id", "VpcPrivateSubnet2-id"]);
    for (const { name, inputs } of stack.all("RouteTable"))
      expect([name, JSON.stringify(inputs).includes("0.0.0.0/0")]).toEqual([name, name.includes("Public")]);
    expect(stack.all("NatGateway")).toEqual([]);
    expect(stack.one("VpcEndpoint")).toMatchObject({
      vpcEndpointType: "Gateway",
      serviceName: "com.amazonaws.eu-west-1.s3",
    });
    expect(JSON.stringify(stack.one("DefaultSecurityGroup")["ingress"] ?? [])).not.toContain("0.0.0.0/0");
  });

  test("files are private, are the page's alone, and go after a day though nobody cleans up", () => {
    const closed = {
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    };
    for (const { inputs } of stack.all("BucketPublicAccessBlock")) expect(inputs).toMatchObject(closed);
    expect(stack.one("BucketCorsConfiguration", "UploadStoreCors")["corsRules"]).toMatchObject([
      { allowedOrigins: ["https://chat.example.com"], allowedMethods: ["GET", "HEAD", "POST"] },
    ]);
    const rules = stack.one("BucketLifecycleConfiguration")["rules"] as object[];
    expect(rules).toContainEqual({ id: "forget", status: "Enabled", expiration: { days: 1 } });
    expect(rules).toContainEqual(
      expect.objectContaining({ abortIncompleteMultipartUpload: { daysAfterInitiation: 1 } }),
    );
    expect(stack.one("Schedule")).toMatchObject({
      scheduleExpression: "rate(1 hour)",
      state: "ENABLED",
      target: { retryPolicy: { maximumRetryAttempts: 2 } },
    });
  });

  test("the page's policy lets it reach the API, the socket tier and the store, and run nothing inline", () => {
    const code = String(stack.one("Function", "PageCloudfrontFunctionResponse")["code"]);
    const policy = /"content-security-policy"\] = \{ value: "([^"]+)"/.exec(code)![1]!;
    const connect = policy.split("; ").find((directive) => directive.startsWith("connect-src"));
    expect(connect).toMatch(
      /wss:\/\/socket\.chat\.example\.com https:\/\/passerby-production-uploadstore\S+\.s3\.eu-west-1\.amazonaws\.com https:\/\/api\.chat\.example\.com$/,
    );
    expect(policy).not.toContain("unsafe");
  });

  test("alarms tell somebody", () => {
    const alarms = stack.all("MetricAlarm");
    expect(alarms.map(({ name }) => name).toSorted()).toEqual([
      "ApiErrors",
      "ApiFails",
      "CleanupFails",
      "DocsFails",
      "HealthFails",
      "InboxLate",
      "NodesUnready",
      "RedisFull",
      "SocketErrors",
      "StatsFails",
      "UploadTooOld",
      "UploadsFails",
    ]);
    for (const { inputs } of alarms) expect(inputs["alarmActions"]).toEqual([expect.stringMatching(/topic.+Alarms/)]);
    for (const [filter, field, alarm] of [
      ["OldestUploadAge", "oldestObjectAgeMs", "UploadTooOld"],
      ["InboxLag", "inboxLagMs", "InboxLate"],
    ] as const) {
      expect(stack.one("LogMetricFilter", filter)).toMatchObject({
        pattern: `{ $.${field} = * }`,
        metricTransformation: { namespace: "Passerby", name: stack.one("MetricAlarm", alarm)["metricName"] },
      });
    }
    const [log] = stack.all("LogGroup").filter(({ name }) => name.startsWith("SocketTier"));
    expect(stack.one("LogMetricFilter", "InboxLag")["logGroupName"]).toBe(log!.inputs["name"]);
  });
});

describe("other stages, evaluated against mocks, not deployed", () => {
  test("a stage of one's own is small, has names of its own, and goes with everything in it", async () => {
    const stack = await evaluated({ stage: "alice", env: deployed });
    expect(stack.app).toMatchObject({ removal: "remove", protect: false });
    expect(stack.outputs).toMatchObject({
      page: "https://alice.chat.example.com",
      api: "https://api.alice.chat.example.com",
      socket: "https://socket.alice.chat.example.com",
    });
    expect(stack.one("Target")).toMatchObject({ minCapacity: 1, maxCapacity: 2 });
    expect(stack.one("ReplicationGroup")).toMatchObject({ numCacheClusters: 1, nodeType: "cache.t4g.micro" });
    expect(touches(stack)).toEqual(leastPrivilege);
  }, 120_000);

  test("under `sst dev` the tier, the page and Redis are this machine's, functions are live, no name is needed", async () => {
    const stack = await evaluated({ stage: "dev", dev: true, env: secrets });
    for (const type of ["ReplicationGroup", "LoadBalancer", "TaskDefinition", "Distribution", "MetricAlarm"])
      expect(stack.all(type)).toEqual([]);
    expect(stack.all("Service").filter(({ type }) => type.startsWith("aws:ecs/"))).toEqual([]);
    expect(stack.outputs).toMatchObject({ page: "http://localhost:5173", socket: "http://localhost:3001" });
    expect(functionsOf(stack)).toHaveLength(6);
    for (const name of ["Api", "Stats", "Uploads", "Cleanup"]) {
      expect(fn(stack, name)["vpcConfig"]).toBeUndefined();
      expect(loadConfig(envOf(stack, name)).redisUrl).toBe("redis://127.0.0.1:6379");
    }
  }, 120_000);
});

describe("the proof notices", () => {
  test("a permission that is gone", async () => {
    const edit = (source: string) =>
      source.replace('withBucket(["s3:GetObject", "s3:DeleteObject"])', 'withBucket(["s3:GetObject"])');
    const stack = await evaluated({ stage: "without", env: deployed, edit });
    expect(touches(stack)).not.toEqual(leastPrivilege);
    expect(touches(stack)["CleanupRole"]).not.toContain("s3:DeleteObject");
  }, 120_000);

  test("a domain that nobody named", async () => {
    await expect(evaluated({ stage: "refused", env: secrets })).rejects.toThrow("PASSERBY_DOMAIN is needed to deploy");
  }, 120_000);
});

/** sst.config.ts, evaluated against mocks: nobody here has an AWS account, so nothing is deployed. */
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Cleaned } from "../functions/cleanup.ts";
import { routeTable } from "../functions/routes.ts";
import { loadConfig } from "../shared/config.ts";
import { limits } from "../shared/protocol/limits.ts";
import type { Metrics } from "../socket-tier/metrics.ts";
import { evaluate, type Inputs, type Stack } from "./cloud/evaluate.ts";
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
  paidFor,
  secrets,
  statements,
  touches,
} from "./cloud/reading.ts";
import { stages } from "./growth/plan.ts";

beforeAll(installPlatform, 240_000);

test("the configuration fits SST's own types", async () => {
  const tsc = run(join(root, "node_modules/.bin/tsc"), ["-p", "test/cloud/tsconfig.json"], { cwd: root });
  const complaints = await tsc.catch((error: { stdout: string }) => error);
  expect(complaints.stdout).toBe("");
}, 120_000);

describe("stage production, evaluated against mocks, not deployed", () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await evaluate({ stage: "production", env: deployed });
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
    expect(stack.one("LoadBalancer")["idleTimeout"] * 1000).toBeGreaterThanOrEqual(3 * limits.pingIntervalMs);
    expect(stack.one("Listener", /HTTP80$/)["defaultActions"][0]).toMatchObject({ type: "redirect" });
    const ports = stack.one("SecurityGroup")["ingress"] as { fromPort: number; toPort: number }[];
    expect(ports.map(({ fromPort, toPort }) => [fromPort, toPort])).toEqual([
      [80, 80],
      [443, 443],
    ]);
  });

  test("two containers at least, on arm64, scaled by processor and memory", () => {
    expect(paidFor(stack)).toEqual(stages.production);
    expect(stages.production.tasks).toBeGreaterThanOrEqual(2);
    expect(containerEnv(stack)["WORKERS"]).toBe(String(stages.production.vCpu)); // a processor each
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
  });

  test("containers stand in public subnets behind a closed group, functions in private ones, from which the store is reached", () => {
    const subnets = (kind: string) => [1, 2].map((n) => `Vpc${kind}Subnet${n}-id`);
    const group = ["VpcSecurityGroup-id"];
    expect(stack.one("Service", "SocketTierService")["networkConfiguration"]).toEqual({
      assignPublicIp: true,
      securityGroups: group,
      subnets: subnets("Public"),
    });
    expect(stack.one("DefaultSecurityGroup")["ingress"]).toMatchObject([{ cidrBlocks: ["10.0.0.0/16"] }]);
    for (const name of ["Api", "Stats", "Uploads", "Cleanup"])
      expect(fn(stack, name)["vpcConfig"]).toEqual({ securityGroupIds: group, subnetIds: subnets("Private") });
    expect(stack.one("VpcEndpoint")).toMatchObject({
      vpcEndpointType: "Gateway",
      serviceName: "com.amazonaws.eu-west-1.s3",
      routeTableIds: expect.arrayContaining([1, 2].map((n) => `VpcPrivateRouteTable${n}-id`)),
    });
  });

  test("files are private, are the page's alone, and go after a day though nobody cleans up", () => {
    const closed = {
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    };
    expect(stack.one("BucketPublicAccessBlock", /^UploadStore/)).toMatchObject(closed);
    for (const { inputs } of stack.all("BucketPublicAccessBlock")) expect(inputs).toMatchObject(closed);
    expect(stack.all("BucketVersioning")).toEqual([]); // deleted is deleted
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
      target: { arn: expect.stringMatching(/\/CleanupFunction$/), retryPolicy: { maximumRetryAttempts: 2 } },
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
    expect(stack.one("Command", "PageBuilder")["environment"]).toEqual({
      VITE_API_URL: "https://api.chat.example.com",
    });
  });

  test("alarms tell somebody: old files, unready nodes, late inboxes, 5xx, failing functions, a full Redis; silence too", () => {
    const alarms = stack.all("MetricAlarm");
    const watched = ({ metricName, statistic, threshold, period, treatMissingData }: Inputs) =>
      [`${statistic} ${metricName} > ${threshold} in ${period / 60} min`, treatMissingData].join(", ");
    const fails = (name: string) => [`${name}Fails`, "Sum Errors > 3 in 15 min, notBreaching"];
    expect(Object.fromEntries(alarms.map(({ name, inputs }) => [name, watched(inputs)]))).toEqual({
      UploadTooOld: "Maximum OldestUploadAgeMs-production > 90000000 in 180 min, breaching",
      InboxLate: "Maximum InboxLagMs-production > 5000 in 5 min, breaching",
      NodesUnready: "Maximum UnHealthyHostCount > 0 in 5 min, notBreaching",
      SocketErrors: "Sum HTTPCode_ELB_5XX_Count > 10 in 5 min, notBreaching",
      ApiErrors: "Sum 5xx > 10 in 5 min, notBreaching",
      RedisFull: "Maximum DatabaseMemoryUsagePercentage > 80 in 5 min, notBreaching",
      ...Object.fromEntries(["Api", "Cleanup", "Docs", "Health", "Stats", "Uploads"].map(fails)),
    });
    for (const { inputs } of alarms) expect(inputs["alarmActions"]).toEqual([expect.stringMatching(/topic.+Alarms/)]);
    for (const [filter, field, alarm] of [
      ["OldestUploadAge", "oldestObjectAgeMs" satisfies keyof Cleaned, "UploadTooOld"],
      ["InboxLag", "inboxLagMs" satisfies keyof ReturnType<Metrics["line"]>, "InboxLate"],
    ] as const) {
      expect(stack.one("LogMetricFilter", filter)).toMatchObject({
        pattern: `{ $.${field} = * }`,
        metricTransformation: { namespace: "Passerby", name: stack.one("MetricAlarm", alarm)["metricName"] },
      });
    }
    for (const { LOG_LEVEL } of [containerEnv(stack), envOf(stack, "Cleanup")]) expect(LOG_LEVEL).toBe("info"); // both are told at it
    const [log] = stack.all("LogGroup").filter(({ name }) => name.startsWith("SocketTier"));
    expect(stack.one("LogMetricFilter", "InboxLag")["logGroupName"]).toBe(log!.inputs["name"]);
  });
});

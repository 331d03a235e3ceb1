/// <reference path="./.sst/platform/config.d.ts" />

/**
 * The whole system on AWS. `run` is its table of contents; each part is a function below it, in the same order.
 * Names come from PASSERBY_DOMAIN (a Route 53 zone): the page at it, `api.` and `socket.` before it, a stage's name before those.
 */
export default $config({
  app({ stage }) {
    const production = stage === "production";
    return {
      name: "passerby",
      home: "aws",
      version: "4.17.1",
      removal: production ? "retain" : "remove",
      protect: production,
      providers: { aws: { region: (process.env["AWS_REGION"] ?? "eu-west-1") as "eu-west-1" } },
    };
  },

  async run() {
    const names = addresses();
    const secrets = { jwtKeys: new sst.Secret("JwtKeys"), turn: turnUrls ? new sst.Secret("TurnSecret") : undefined };
    const { vpc, region } = network();
    const { redis, redisUrl } = database(vpc);
    const bucket = uploadStore(names.page);
    const common: Common = { names, secrets, vpc, region, redisUrl, bucket };

    const socketTier = sockets(common);
    const functions = await httpFunctions(common);
    const api = await gateway(names.api, functions);
    const cleanup = cleanupEachHour(functions.cleanup);
    const page = await webPage(common, api.url);
    if (!$dev) alarms({ socketTier, api, cleanup, redis, functions });

    return { page: page.url, api: api.url, socket: names.socket, uploads: bucket.name };
  },
});

interface Common {
  names: ReturnType<typeof addresses>;
  secrets: { jwtKeys: sst.Secret; turn?: sst.Secret };
  vpc: sst.aws.Vpc;
  region: $util.Output<string>;
  redisUrl: $util.Output<string>;
  bucket: sst.aws.Bucket;
}
type Env = Record<string, $util.Input<string>>;

/** Not a constant: `app` above is evaluated before a stage exists. */
const inProduction = () => $app.stage === "production";
const turnUrls = process.env["TURN_URLS"] ?? "";
/** A node's own drain; the platform has to wait longer than that. */
const shutdownMs = 5_000;
const socketPort = 3001;
const lambdaTarget = { runtime: "nodejs24.x", architecture: "arm64" } as const;
const weekOfLogs = { retention: "1 week" } as const;

/** Under `sst dev` page and socket tier run on this machine. A page on https cannot open a plain ws://, so the rest needs names. */
function addresses() {
  if ($dev) return { page: "http://localhost:5173", socket: `http://localhost:${socketPort}`, api: undefined };
  const zone = process.env["PASSERBY_DOMAIN"];
  if (!zone) throw new Error("PASSERBY_DOMAIN is needed to deploy; for example PASSERBY_DOMAIN=chat.example.com");
  const domain = inProduction() ? zone : `${$app.stage}.${zone}`;
  return { page: `https://${domain}`, socket: `https://socket.${domain}`, api: `api.${domain}` };
}

/** No NAT: containers stand in public subnets behind a closed security group, functions need Redis and S3 only. */
function network() {
  const vpc = new sst.aws.Vpc("Vpc", { az: 2 });
  const region = aws.getRegionOutput().region;
  new aws.ec2.VpcEndpoint("UploadsEndpoint", {
    vpcId: vpc.id,
    vpcEndpointType: "Gateway",
    serviceName: $interpolate`com.amazonaws.${region}.s3`,
    routeTableIds: $output([vpc.nodes.privateRouteTables, vpc.nodes.publicRouteTables]).apply((tables) =>
      tables.flat().map((table) => table.id),
    ),
  });
  return { vpc, region };
}

/** One primary, so that a script may touch a room and an inbox together. Never evicts; no snapshot outlives the 24 hours. */
function database(vpc: sst.aws.Vpc) {
  const redis = new sst.aws.Redis("Redis", {
    vpc,
    engine: "valkey",
    version: "8.0",
    cluster: false,
    instance: inProduction() ? "m7g.large" : "t4g.micro",
    parameters: { "maxmemory-policy": "noeviction" },
    dev: { host: "127.0.0.1", port: 6379 },
    transform: {
      cluster: (args) => {
        args.snapshotRetentionLimit = 0;
        args.numCacheClusters = inProduction() ? 2 : 1;
        args.automaticFailoverEnabled = inProduction();
        args.multiAzEnabled = inProduction();
      },
    },
  });
  const password = $output(redis.password).apply((text) => encodeURIComponent(text ?? ""));
  const redisUrl = $dev
    ? $interpolate`redis://${redis.host}:${redis.port}`
    : $interpolate`rediss://${redis.username}:${password}@${redis.host}:${redis.port}`;
  return { redis, redisUrl };
}

/** Private; bytes get in and out by signed forms and URLs. The lifecycle is there for the day that cleanup does not run. */
function uploadStore(page: string) {
  return new sst.aws.Bucket("UploadStore", {
    cors: {
      allowOrigins: [page],
      allowMethods: ["GET", "HEAD", "POST"],
      allowHeaders: ["content-type"],
      maxAge: "1 hour",
    },
    lifecycle: [{ id: "forget", expiresIn: "1 day" }],
    transform: {
      lifecycle: (args) => {
        const abort = { id: "abort", status: "Enabled", abortIncompleteMultipartUpload: { daysAfterInitiation: 1 } };
        args.rules = $output(args.rules ?? []).apply((rules) => [...rules, { ...abort, filter: { prefix: "" } }]);
      },
    },
  });
}

/** Objects are `in/…` and `kept/…`; nobody gets more of the bucket than that, or an action that its code does not use. */
const mayTouch = ({ arn }: sst.aws.Bucket, actions: string[]) => [
  { actions, resources: [$interpolate`${arn}/in/*`, $interpolate`${arn}/kept/*`] },
];
/** Without it S3 answers 403 for an object that does not exist. */
const mayList = ({ arn }: sst.aws.Bucket) => [{ actions: ["s3:ListBucket"], resources: [arn] }];

const settings = ({ names }: Common): Env => ({
  NODE_ENV: $dev ? "development" : "production",
  LOG_LEVEL: "info",
  CORS_ORIGINS: names.page,
  SOCKET_URL: names.socket,
});
const secretSettings = ({ secrets: { jwtKeys, turn }, redisUrl }: Common): Env => ({
  REDIS_URL: redisUrl,
  JWT_KEYS: jwtKeys.value,
  ...(turn && { TURN_SECRET: turn.value }),
});
const iceSettings = { STUN_URLS: process.env["STUN_URLS"] ?? "", TURN_URLS: turnUrls };
const storeSettings = ({ bucket }: Common): Env => ({ UPLOAD_STORE: $interpolate`s3://${bucket.name}` });

/** No stickiness: a guest's only transport is one websocket, and any node may take it. */
function sockets(common: Common) {
  const { vpc, names, bucket } = common;
  const secret = secretSettings(common);
  // In Parameter Store, since a task definition shows its environment and is kept for ever.
  const parameters = $dev
    ? {}
    : Object.fromEntries(
        Object.entries(secret).map(([name, value]) => {
          const path = `/passerby/${$app.stage}/${name}`;
          return [name, new aws.ssm.Parameter(name, { name: path, type: "SecureString", value }).arn];
        }),
      );
  const may = (statements: aws.iam.GetPolicyDocumentOutputArgs["statements"]) => [
    { name: "inline", policy: aws.iam.getPolicyDocumentOutput({ statements }).json },
  ];
  const health = (path: string) =>
    `fetch('http://127.0.0.1:${socketPort}${path}').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))`;

  return new sst.aws.Service("SocketTier", {
    cluster: new sst.aws.Cluster("Cluster", { vpc }),
    architecture: "arm64",
    cpu: inProduction() ? "2 vCPU" : "0.5 vCPU",
    memory: inProduction() ? "4 GB" : "1 GB",
    image: { context: ".", dockerfile: "socket-tier/Dockerfile" },
    environment: {
      ...settings(common),
      ...iceSettings,
      ...storeSettings(common),
      ...($dev && secret),
      SOCKET_PORT: String(socketPort),
      WORKERS: inProduction() ? "2" : "1",
      SHUTDOWN_MS: String(shutdownMs),
      TRUSTED_PROXIES: "1",
    },
    ssm: parameters,
    logging: weekOfLogs,
    // Is it alive? While Redis is away it is, and its guests stay with it.
    health: {
      command: ["CMD", "node", "-e", health("/health")],
      startPeriod: "30 seconds",
      interval: "10 seconds",
      retries: 5,
    },
    loadBalancer: {
      ...(names.api && { domain: new URL(names.socket).hostname }),
      rules: names.api
        ? [
            { listen: "80/http", redirect: "443/https" },
            { listen: "443/https", forward: `${socketPort}/http` },
          ]
        : [{ listen: "80/http", forward: `${socketPort}/http` }],
      // May it get new guests? Slow to despair, since ECS replaces what stays unready, and a failover of Redis takes a minute.
      health: {
        [`${socketPort}/http`]: {
          path: "/health/ready",
          interval: "10 seconds",
          healthyThreshold: 2,
          unhealthyThreshold: 10,
        },
      },
    },
    scaling: {
      min: inProduction() ? 2 : 1,
      max: inProduction() ? 10 : 2,
      cpuUtilization: 60,
      memoryUtilization: 70,
      scaleInCooldown: "5 minutes",
      scaleOutCooldown: "1 minute",
    },
    wait: inProduction(),
    dev: { command: "npx tsx socket-tier/index.ts", url: names.socket },
    transform: {
      loadBalancer: { idleTimeout: 60 }, // six pings
      loadBalancerSecurityGroup: (args) =>
        void (args.ingress = [80, 443].map((port) => ({
          protocol: "tcp",
          fromPort: port,
          toPort: port,
          cidrBlocks: ["0.0.0.0/0"],
        }))),
      // Websockets do not end by themselves: the node's own drain tells them where to go, soon.
      target: {
        deregistrationDelay: 10,
        stickiness: { enabled: false, type: "lb_cookie" },
        loadBalancingAlgorithmType: "least_outstanding_requests",
      },
      service: { enableExecuteCommand: false, healthCheckGracePeriodSeconds: 60 },
      // Nodes delete the files of pairs that ended; they cannot read one.
      taskRole: (args) => void (args.inlinePolicies = may(mayTouch(bucket, ["s3:DeleteObject"]))),
      executionRole: (args) =>
        void (args.inlinePolicies = may([{ actions: ["ssm:GetParameters"], resources: Object.values(parameters) }])),
      taskDefinition: (args) => {
        args.containerDefinitions = $jsonParse($output(args.containerDefinitions)).apply((containers: object[]) =>
          JSON.stringify(
            containers.map((container) => ({
              ...container,
              pseudoTerminal: false,
              stopTimeout: (shutdownMs / 1000) * 6,
            })),
          ),
        );
      },
    },
  });
}

/** Deployed, a function is bundled without what its cold start would load for nothing; live, it is the source itself. */
async function handlers() {
  const { execFileSync } = await import("node:child_process");
  const { readdirSync } = await import("node:fs");
  const { root } = $cli.paths;
  const folder = $dev ? "functions/handlers" : "dist/functions";
  if (!$dev) execFileSync("node", ["--import", "tsx", "local/bundle-command.ts", "functions", folder], { cwd: root });
  const scripts = readdirSync(`${root}/shared/stores`).filter((name) => name.endsWith(".lua"));
  const copyFiles = scripts.map((name) => ({ from: `shared/stores/${name}`, to: `${folder}/${name}` }));
  return { folder, copyFiles };
}

/** One function a route group, each with what its code uses and no more. */
async function httpFunctions(common: Common) {
  const { vpc, bucket, region } = common;
  const { folder, copyFiles } = await handlers();
  const usual = { ...lambdaTarget, memory: "512 MB", timeout: "10 seconds", logging: weekOfLogs } as const;
  const withRedis = (more: Env = {}) => ({
    ...usual,
    // Live functions run on this machine, and their stub has to reach it.
    ...(!$dev && { vpc }),
    copyFiles,
    environment: { ...settings(common), ...secretSettings(common), ...more },
  });
  const withBucket = (actions: string[]) => ({
    ...withRedis(storeSettings(common)),
    memory: "1024 MB" as const,
    permissions: [...mayTouch(bucket, actions), ...mayList(bucket)],
  });
  const make = (name: string, args: Omit<sst.aws.FunctionArgs, "handler">) =>
    new sst.aws.Function(name, { handler: `${folder}/${name.toLowerCase()}.handler`, ...args });

  return {
    // The settings demand a key of every process in production. This one neither signs nor verifies: it gets none of ours.
    health: make("Health", { ...usual, environment: { ...settings(common), JWT_KEYS: `none:${"-".repeat(32)}` } }),
    // Asks whether S3 answers, not whether it lets us in; the endpoint in the Vpc knows the regional name only.
    stats: make(
      "Stats",
      withRedis({ ...storeSettings(common), S3_ENDPOINT: $interpolate`https://s3.${region}.amazonaws.com` }),
    ),
    api: make("Api", withRedis(iceSettings)),
    uploads: make("Uploads", {
      ...withBucket(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]),
      timeout: "30 seconds",
      storage: "1 GB",
    }),
    cleanup: make("Cleanup", { ...withBucket(["s3:GetObject", "s3:DeleteObject"]), timeout: "5 minutes" }),
  };
}
type Functions = Awaited<ReturnType<typeof httpFunctions>>;

/** HTTP API: the cheapest front that sends a route to its function and knows custom names. CORS is Express', as everywhere else. */
async function gateway(domain: string | undefined, functions: Functions) {
  // The format SST brings writes addresses down (rule S4).
  const line = {
    at: "$context.requestTime",
    id: "$context.requestId",
    route: "$context.routeKey",
    status: "$context.status",
    ms: "$context.responseLatency",
  };
  const api = new sst.aws.ApiGatewayV2("Gateway", {
    cors: false,
    ...(domain && { domain }),
    accessLog: weekOfLogs,
    transform: {
      stage: (args) => {
        args.accessLogSettings = $output(args.accessLogSettings!).apply((log) => ({
          ...log,
          format: JSON.stringify(line),
        }));
      },
    },
  });
  const { routeTable } = await import("./functions/routes.ts");
  for (const { route, handler } of routeTable) {
    const group = handler.replace("functions/handlers/", "") as keyof Functions;
    api.route(route, functions[group].arn);
  }
  return api;
}

function cleanupEachHour(cleanup: sst.aws.Function) {
  new sst.aws.CronV2("CleanupEachHour", { schedule: "rate(1 hour)", function: cleanup.arn, retries: 2 });
  return cleanup;
}

/** Every path is the page; its policy names what it may reach, as the local server's does. */
async function webPage({ names, bucket, region }: Common, apiUrl: $util.Output<string>) {
  const { contentPolicy } = await import("./shared/middleware/security.ts");
  const headers = $resolve([bucket.name, region, apiUrl]).apply(([bucket, region, apiUrl]) => {
    const uploads = { uploadStore: { kind: "s3", bucket }, s3Endpoint: `https://${bucket}.s3.${region}.amazonaws.com` };
    const policy = contentPolicy({ socketUrl: names.socket, ...uploads } as Parameters<typeof contentPolicy>[0]);
    policy["connect-src"].push(new URL(apiUrl).origin);
    return {
      "content-security-policy": Object.entries(policy)
        .map(([name, sources]) => `${name} ${sources.join(" ")}`)
        .join("; "),
      "strict-transport-security": "max-age=31536000; includeSubDomains",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "permissions-policy":
        "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=()",
    };
  });
  const inject = (all: Record<string, string>) =>
    Object.entries(all)
      .map(([name, value]) => `event.response.headers[${JSON.stringify(name)}] = { value: ${JSON.stringify(value)} };`)
      .join("\n");
  return new sst.aws.StaticSite("Page", {
    path: "web",
    build: { command: "npx vite build", output: "dist" },
    environment: { VITE_API_URL: apiUrl },
    ...(names.api && { domain: new URL(names.page).hostname }),
    edge: { viewerResponse: { injection: headers.apply(inject) } },
    dev: { command: "npx vite", url: names.page },
  });
}

interface Watched {
  socketTier: sst.aws.Service;
  api: sst.aws.ApiGatewayV2;
  cleanup: sst.aws.Function;
  redis: sst.aws.Redis;
  functions: Functions;
}

/** Each says what is wrong in its own description. They tell the topic; ALARM_EMAIL is who reads it. */
function alarms({ socketTier, api, cleanup, redis }: Watched) {
  const topic = new aws.sns.Topic("Alarms");
  const email = process.env["ALARM_EMAIL"];
  if (email) new aws.sns.TopicSubscription("AlarmsByEmail", { topic: topic.arn, protocol: "email", endpoint: email });

  type Watch = Pick<
    aws.cloudwatch.MetricAlarmArgs,
    "namespace" | "metricName" | "dimensions" | "threshold" | "treatMissingData"
  >;
  const alarm = (name: string, description: string, statistic: "Sum" | "Maximum", minutes: number, watch: Watch) =>
    new aws.cloudwatch.MetricAlarm(name, {
      alarmDescription: description,
      comparisonOperator: "GreaterThanThreshold",
      evaluationPeriods: 1,
      period: minutes * 60,
      statistic,
      treatMissingData: "notBreaching",
      alarmActions: [topic.arn],
      okActions: [topic.arn],
      ...watch,
    });

  const age = { namespace: "Passerby", name: `OldestUploadAgeMs-${$app.stage}` };
  new aws.cloudwatch.LogMetricFilter("OldestUploadAge", {
    logGroupName: cleanup.nodes.logGroup.apply((group) => group!.name),
    pattern: "{ $.oldestObjectAgeMs = * }",
    metricTransformation: { ...age, value: "$.oldestObjectAgeMs" },
  });
  alarm("UploadTooOld", "A file is older than 25 hours, or no cleanup ended for 3", "Maximum", 180, {
    namespace: age.namespace,
    metricName: age.name,
    threshold: 25 * 3_600_000,
    treatMissingData: "breaching",
  });

  const { loadBalancer, service } = socketTier.nodes;
  const LoadBalancer = loadBalancer.arnSuffix;
  const TargetGroup = $output(service).loadBalancers.apply((all) => all![0].targetGroupArn!.split(":").at(-1)!);
  alarm("NodesUnready", "A container of the socket tier is not ready", "Maximum", 5, {
    namespace: "AWS/ApplicationELB",
    metricName: "UnHealthyHostCount",
    dimensions: { LoadBalancer, TargetGroup },
    threshold: 0,
  });
  alarm("SocketErrors", "The socket tier's load balancer answers 5xx", "Sum", 5, {
    namespace: "AWS/ApplicationELB",
    metricName: "HTTPCode_ELB_5XX_Count",
    dimensions: { LoadBalancer },
    threshold: 10,
  });
  alarm("ApiErrors", "The API answers 5xx", "Sum", 5, {
    namespace: "AWS/ApiGateway",
    metricName: "5xx",
    dimensions: { ApiId: api.nodes.api.id },
    threshold: 10,
  });
  alarm("RedisFull", "Redis is nearly full, and refuses writes when it is", "Maximum", 5, {
    namespace: "AWS/ElastiCache",
    metricName: "DatabaseMemoryUsagePercentage",
    dimensions: { CacheClusterId: $interpolate`${redis.nodes.cluster.id}-001` },
    threshold: 80,
  });
}

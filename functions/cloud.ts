import {
  type Common,
  type Env,
  lambdaTarget,
  mayList,
  mayTouch,
  secretSettings,
  settings,
  storeSettings,
  weekOfLogs,
} from "../shared/cloud/common.ts";

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
export async function httpFunctions(common: Common) {
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
    health: make("Health", { ...usual, environment: settings(common) }),
    docs: make("Docs", { ...usual, environment: settings(common) }),
    // Asks whether S3 answers, not whether it lets us in; the endpoint in the Vpc knows the regional name only.
    stats: make(
      "Stats",
      withRedis({ ...storeSettings(common), S3_ENDPOINT: $interpolate`https://s3.${region}.amazonaws.com` }),
    ),
    api: make("Api", withRedis(common.iceServers)),
    uploads: make("Uploads", {
      ...withBucket(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]),
      timeout: "30 seconds",
      storage: "1 GB",
    }),
    cleanup: make("Cleanup", { ...withBucket(["s3:GetObject", "s3:DeleteObject"]), timeout: "5 minutes" }),
  };
}
export type Functions = Awaited<ReturnType<typeof httpFunctions>>;

/** HTTP API: the cheapest front that sends a route to its function and knows custom names. CORS is Express', as everywhere else. */
export async function gateway(domain: string | undefined, functions: Functions) {
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
  const { routeTable } = await import("./routes.ts");
  for (const { route, handler } of routeTable) {
    const group = handler.replace("functions/handlers/", "") as keyof Functions;
    api.route(route, functions[group].arn);
  }
  return api;
}

export function cleanupEachHour(cleanup: sst.aws.Function) {
  new sst.aws.CronV2("CleanupEachHour", { schedule: "rate(1 hour)", function: cleanup.arn, retries: 2 });
  return cleanup;
}

import { weekOfLogs } from "./common.ts";
import type { Functions } from "./functions.ts";

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
  const { routeTable } = await import("../functions/routes.ts");
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

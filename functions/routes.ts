/**
 * The one route table, plain data: sst.config.ts, the local gateway and the tests mount the same handlers by it.
 * `{proxy+}` sends a whole branch to one function, so that an unknown path or method below it is answered there, as a problem.
 */
export const routeTable = [
  { route: "ANY /health", handler: "functions/handlers/health" },
  { route: "ANY /health/ready", handler: "functions/handlers/stats" },
  { route: "ANY /api/stats", handler: "functions/handlers/stats" },
  { route: "ANY /api/socket/stats", handler: "functions/handlers/stats" },
  { route: "ANY /api/uploads", handler: "functions/handlers/uploads" },
  { route: "ANY /api/uploads/{proxy+}", handler: "functions/handlers/uploads" },
  { route: "ANY /api/openapi.json", handler: "functions/handlers/docs" },
  { route: "ANY /api/asyncapi.json", handler: "functions/handlers/docs" },
  { route: "ANY /api/docs", handler: "functions/handlers/docs" },
  { route: "ANY /api/{proxy+}", handler: "functions/handlers/api" },
] as const;

export interface Route {
  /** `METHOD /path` or `ANY /path`, in API Gateway's words. */
  route: string;
  /** Module below the project's root, without extension, that exports `handler`. */
  handler: string;
}

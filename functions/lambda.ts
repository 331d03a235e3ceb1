import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import type { Express } from "express";
import serverless from "serverless-http";

export type LambdaHandler = ((
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>) &
  AsyncDisposable;

/** Without this list serverless-http takes every body for text; compressed answers it knows by their encoding. */
const binary = ["image/*", "audio/*", "video/*", "font/*", "application/octet-stream", "application/pdf"];

/** The app as a Lambda handler. Disposing it (the local gateway does, Lambda never) closes what its context holds. */
export function lambda(app: Express, owned?: AsyncDisposable): LambdaHandler {
  const invoke = serverless(app, { binary });
  const handler = async (event: APIGatewayProxyEventV2, context: Context) => await invoke(event, context);
  return Object.assign(handler, { [Symbol.asyncDispose]: async () => owned?.[Symbol.asyncDispose]() });
}

import { z } from "zod";
import { route } from "./wire.ts";

export const docs = {
  requests: {},
  events: {},
  routes: {
    "GET /api/openapi.json": route({
      summary: "The routes of this page, as OpenAPI 3.1",
      auth: "none",
      status: 200,
      answer: z.looseObject({ openapi: z.string(), paths: z.record(z.string(), z.unknown()) }),
    }),
    "GET /api/asyncapi.json": route({
      summary: "The socket's requests and events, as AsyncAPI 3.0",
      auth: "none",
      status: 200,
      answer: z.looseObject({ asyncapi: z.string(), operations: z.record(z.string(), z.unknown()) }),
    }),
    "GET /api/docs": route({ summary: "Both as a page to read", auth: "none", status: 200, page: true }),
  },
} as const;

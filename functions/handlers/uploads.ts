import { loadConfig } from "../../shared/config.ts";
import { createHttpApp } from "../app.ts";
import { createContext } from "../context.ts";
import { lambda } from "../lambda.ts";
import { later } from "../later.ts";

const ctx = createContext(loadConfig());
const uploads = later("POST /api/uploads", "POST /api/uploads/:id/complete", "GET /api/uploads/:id");
export const handler = lambda(createHttpApp(ctx, [uploads]), ctx);

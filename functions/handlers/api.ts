import { loadConfig } from "../../shared/config.ts";
import { api } from "../api.ts";
import { createHttpApp } from "../app.ts";
import { compressed } from "../compressed.ts";
import { createContext } from "../context.ts";
import { lambda } from "../lambda.ts";

const ctx = createContext(loadConfig());
export const handler = lambda(createHttpApp(ctx, [compressed, ...api]), ctx);

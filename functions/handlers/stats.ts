import { loadConfig } from "../../shared/config.ts";
import { createHttpApp } from "../app.ts";
import { createContext } from "../context.ts";
import { lambda } from "../lambda.ts";
import { ready } from "../ready.ts";
import { stats } from "../stats.ts";

const ctx = createContext(loadConfig());
export const handler = lambda(createHttpApp(ctx, [ready, stats]), ctx);

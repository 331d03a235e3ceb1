import type { Response, Router } from "express";
import packageJson from "../package.json" with { type: "json" };
import { facts } from "../shared/middleware/locals.ts";
import { asyncApi } from "../shared/protocol/asyncapi.ts";
import { openApi } from "../shared/protocol/openapi.ts";
import type { RouteName } from "../shared/protocol/index.ts";
import type { Base } from "./app.ts";
import { docsPage, docsPolicy } from "./docs-page.ts";

/** The documents change with a deployment only. */
const cached = "public, max-age=300";

/** The contract, as generated from its schemas. Needs neither Redis nor a secret, and counts against no limit. */
export function docs(router: Router, { config }: Base): void {
  const open = openApi(packageJson.version);
  const async = asyncApi(packageJson.version, config.socketUrl);
  const page = docsPage(open, async);

  const serve = (name: RouteName, send: (res: Response) => void) =>
    router.get(name.replace("GET ", ""), (_req, res) => {
      facts(res).route = name;
      res.setHeader("Cache-Control", cached);
      send(res);
    });
  serve("GET /api/openapi.json", (res) => res.json(open));
  serve("GET /api/asyncapi.json", (res) => res.json(async));
  serve("GET /api/docs", (res) => res.setHeader("Content-Security-Policy", docsPolicy).type("html").send(page));
}

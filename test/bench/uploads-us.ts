/** Our functions for files behind the gateway, and the disk store they put them in. `uploads-us.js port` */
import { routeTable } from "../../functions/routes.ts";
import { type LoadHandler, startGateway } from "../../local/gateway.ts";

const load = (async () => (await import("../../functions/handlers/uploads.ts")).handler) as unknown as LoadHandler;
const routes = routeTable.filter(({ handler }) => handler.endsWith("uploads"));
process.on("disconnect", () => process.exit(0));
await startGateway({ routes, port: Number(process.argv[2]), load });
process.send?.("ready");

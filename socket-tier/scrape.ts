/** `/metrics` of a node: of all nodes of its primary, or `/metrics/node` of itself alone. */
import { randomUUID } from "node:crypto";
import cluster from "node:cluster";
import type { IncomingMessage } from "node:http";
import type { MetricObjectWithValues, MetricValue } from "prom-client";
import { isAdmin } from "../shared/admin.ts";
import type { Config } from "../shared/config.ts";
import type { NodeContext } from "./context.ts";

export type Figures = MetricObjectWithValues<MetricValue<string>>[];
/** What primary and nodes say to each other of figures. */
export type FiguresSaid =
  | { wants: "figures"; id: string }
  | { tell: "figures"; id: string }
  | { figures: Figures; id: string }
  | { allFigures: string; id: string };

const WAIT_MS = 3_000;
const loopback = new Set(["127.0.0.1", "::1", "::ffff:127.0.0.1"]);

const saidOfFigures = (said: unknown): said is FiguresSaid => typeof said === "object" && said !== null && "id" in said;

/** Whoever asks on this machine itself, where no proxy is expected and none was between, or has the operator's token. */
export function mayScrape(request: IncomingMessage, { trustedProxies, secrets }: Config): boolean {
  const near = loopback.has(request.socket.remoteAddress ?? "") && !request.headers["x-forwarded-for"];
  return (near && trustedProxies === 0) || isAdmin(request.headers.authorization, secrets.admin);
}

/** What all nodes of the primary count, together; where there is no primary, this one. */
export async function allFigures({ metrics: { registry } }: NodeContext): Promise<string> {
  if (!cluster.isWorker) return registry.metrics();
  const id = randomUUID();
  return new Promise((resolve, reject) => {
    const listen = (said: unknown) => {
      if (saidOfFigures(said) && said.id === id && "allFigures" in said) done(() => resolve(said.allFigures));
    };
    const timer = setTimeout(() => done(() => reject(new Error("the primary does not answer"))), WAIT_MS);
    const done = (settle: () => void) => {
      clearTimeout(timer);
      process.off("message", listen);
      settle();
    };
    process.on("message", listen);
    process.send!({ wants: "figures", id } satisfies FiguresSaid);
  });
}

/** Tells the primary, whenever it asks, what this node has counted. @returns stops it */
export function tellPrimary({ metrics: { registry }, logger }: NodeContext): () => void {
  if (!cluster.isWorker) return () => {};
  const listen = (said: unknown) => {
    if (!saidOfFigures(said) || !("tell" in said)) return;
    registry.getMetricsAsJSON().then(
      (figures) => process.connected && process.send!({ figures, id: said.id }),
      (error: unknown) => logger.error({ err: error }, "figures not told"),
    );
  };
  process.on("message", listen);
  return () => void process.off("message", listen);
}

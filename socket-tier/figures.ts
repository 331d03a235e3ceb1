/** The primary adds up what its nodes have counted. A node that does not answer is missing, and said to be. */
import type { Worker } from "node:cluster";
import { AggregatorRegistry, Counter, Gauge, type PrometheusContentType, Registry } from "prom-client";
import type { Figures, FiguresSaid } from "./scrape.ts";

const WAIT_MS = 1_000;

export interface Collector {
  /** What a node says that is about figures. */
  heard: (worker: Worker, said: FiguresSaid) => void;
  exited: () => void;
}

/** @param nodes those that are there just now */
export function collectFigures(nodes: () => Worker[]): Collector {
  const own = new Registry();
  const registers = [own];
  const alive = new Gauge({ name: "passerby_nodes", help: "Node processes", registers });
  const silent = new Gauge({
    name: "passerby_nodes_silent",
    help: "… of which some told no figures within a second",
    registers,
  });
  const exits = new Counter({ name: "passerby_node_exits_total", help: "Nodes that ended, asked or not", registers });
  const waiting = new Map<string, (figures: Figures) => void>();

  function ask(worker: Worker, id: string): Promise<Figures | undefined> {
    const key = `${id} ${worker.id}`;
    return new Promise((resolve) => {
      const done = (figures?: Figures) => {
        clearTimeout(timer);
        waiting.delete(key);
        resolve(figures);
      };
      const timer = setTimeout(done, WAIT_MS);
      waiting.set(key, done);
      if (worker.isConnected()) worker.send({ tell: "figures", id } satisfies FiguresSaid, (error) => error && done());
      else done();
    });
  }

  async function all(id: string): Promise<string> {
    const there = nodes();
    const told = (await Promise.all(there.map((worker) => ask(worker, id)))).filter((figures) => figures !== undefined);
    alive.set(there.length);
    silent.set(there.length - told.length);
    const sums = AggregatorRegistry.aggregate<PrometheusContentType>(told);
    return Registry.merge([sums, own]).metrics();
  }

  return {
    exited: () => exits.inc(),
    heard(worker, said) {
      if ("figures" in said) waiting.get(`${said.id} ${worker.id}`)?.(said.figures);
      if (!("wants" in said)) return;
      void all(said.id).then((allFigures) => {
        if (worker.isConnected()) worker.send({ allFigures, id: said.id } satisfies FiguresSaid);
      });
    },
  };
}

/** Forks the nodes, replaces those that die or hang, passes signals on. Holds no traffic and no state. */
import cluster, { type Worker } from "node:cluster";
import { createServer } from "node:http";
import { setupMaster } from "@socket.io/sticky";
import type { Config } from "../shared/config.ts";
import type { Logger } from "../shared/logger.ts";
import { collectFigures } from "./figures.ts";
import { forkAtDoor, patience } from "./door.ts";
import { closeUntaken } from "./handed.ts";
import { HOPELESS, type Said } from "./worker.ts";

const LOOK_MS = 1_000;
/**
 * Unheard of for so many looks it hangs; while it starts, loading its code on a busy machine may take as long. Looks, not a clock's
 * time: that may be set, and a machine or a primary that was stopped itself has heard of nobody meanwhile.
 */
const HANGS_LOOKS = { serving: 8, starting: 30 };
const BACK_OFF_MS = { first: 200, most: 10_000 };
/** This many exits by themselves within the window are a crash loop. */
const CRASH_LOOP = { exits: 5, windowMs: 60_000 };

export function startPrimary(config: Config, logger: Logger): void {
  const silentLooks = new Map<Worker, number>();
  const served = new WeakSet<Worker>();
  const figures = collectFigures(() => [...silentLooks.keys()]);
  let crashes: number[] = [];
  let hopeless: string | undefined;
  let stopping = false;
  let exitCode = 0;

  function cannotListen(error: unknown): void {
    process.stderr.write(`the socket tier cannot listen on port ${config.socketPort}: ${String(error)}\n`);
    stop(HOPELESS);
  }

  function forked(): Worker | undefined {
    if (config.workers > 1 || config.socketPolling) return cluster.fork();
    try {
      return forkAtDoor(config.socketPort);
    } catch (error) {
      cannotListen(error);
      return undefined;
    }
  }

  function fork(): void {
    if (stopping) return;
    const worker = forked();
    if (!worker) return;
    silentLooks.set(worker, 0);
    closeUntaken(worker);
    // What is said to one that has just died: unheard, it would end the primary and all its nodes.
    worker.on("error", (error) => logger.warn({ pid: worker.process.pid, err: error }, "node not reached"));
    worker.on("message", (said: Said) => {
      silentLooks.set(worker, 0);
      if (said === "serving") served.add(worker);
      else if (said === "beat") return;
      else if ("hopeless" in said) hopeless = said.hopeless;
      else figures.heard(worker, said);
    });
    worker.on("exit", (code, signal) => onExit(worker, code, signal));
  }

  function onExit(worker: Worker, code: number, signal: string | null): void {
    silentLooks.delete(worker);
    figures.exited();
    if (stopping) {
      // Signalled before it listened to signals, it had nothing to drain.
      if (code !== 0 && signal !== "SIGTERM" && signal !== "SIGINT") exitCode ||= 1;
      return finish();
    }
    logger.warn({ pid: worker.process.pid, code, signal }, "node exited");
    if (code === HOPELESS) {
      if (hopeless) process.stderr.write(`${hopeless}\n`);
      return stop(HOPELESS);
    }
    const now = performance.now();
    crashes = crashes.filter((at) => at > now - CRASH_LOOP.windowMs);
    // Killed in service is not the node's own fault: replaced at once. Killed before, it was too large or hung.
    if (signal !== "SIGKILL" || !served.has(worker)) crashes.push(now);
    if (crashes.length >= CRASH_LOOP.exits) {
      logger.fatal({ exits: crashes.length }, "nodes keep exiting: giving up");
      return stop(1);
    }
    const delayMs = Math.min(BACK_OFF_MS.most, BACK_OFF_MS.first * 2 ** Math.max(0, crashes.length - 1));
    setTimeout(fork, delayMs * (0.5 + Math.random() / 2));
  }

  function finish(): void {
    if (silentLooks.size === 0) process.exit(exitCode);
  }

  const signalAll = (signal: NodeJS.Signals) => {
    for (const worker of silentLooks.keys()) worker.process.kill(signal);
  };

  function stop(code: number): void {
    if (stopping) {
      signalAll("SIGKILL"); // asked twice: now
      process.exit(exitCode || 1);
    }
    stopping = true;
    exitCode = code;
    signalAll("SIGTERM");
    setTimeout(() => {
      signalAll("SIGKILL");
      process.exit(exitCode || 1);
    }, config.shutdownMs + 500).unref();
    finish();
  }

  // A node whose event loop is blocked answers nobody; it cannot even be asked to stop.
  setInterval(() => {
    for (const [worker, looks] of silentLooks) {
      silentLooks.set(worker, looks + 1);
      if (looks < (served.has(worker) ? HANGS_LOOKS.serving : HANGS_LOOKS.starting)) continue;
      logger.error({ pid: worker.process.pid }, "node hangs: killed");
      worker.process.kill("SIGKILL");
    }
  }, LOOK_MS).unref();

  process.on("SIGTERM", () => stop(0));
  process.on("SIGINT", () => stop(0));
  if (config.socketPolling) listenForAll(config, cannotListen);
  for (let i = 0; i < config.workers; i++) fork();
}

/** With polling a guest's requests have to reach one node: here is where they come in. Websockets alone need none of this. */
function listenForAll(config: Config, failed: (error: Error) => void): void {
  cluster.setupPrimary({ serialization: "advanced" }); // what is handed over is bytes
  const server = createServer(patience);
  setupMaster(server, { loadBalancingMethod: "least-connection" });
  server.once("error", failed);
  server.listen({ port: config.socketPort, backlog: 4096 });
}

/** Forks the nodes, replaces those that die or hang, passes signals on. Holds no traffic and no state. */
import cluster, { type Worker } from "node:cluster";
import type { Config } from "../shared/config.ts";
import type { Logger } from "../shared/logger.ts";

const heartbeatDeadMs = 8_000;
const backOff = { firstMs: 200, mostMs: 10_000, fastExitMs: 60_000, fastExits: 5 };

/** @param exit how the primary ends; for tests */
export function startPrimary(config: Config, logger: Logger): void {
  const lastBeat = new Map<number, number>();
  const fastExits: number[] = [];
  let stopping = false;
  let failures = 0;

  function fork(): void {
    if (stopping) return;
    const worker = cluster.fork();
    const startedAt = Date.now();
    lastBeat.set(worker.id, startedAt);
    worker.on("message", () => lastBeat.set(worker.id, Date.now()));
    worker.on("exit", (code, signal) => onExit(worker, startedAt, code, signal));
  }

  function onExit(worker: Worker, startedAt: number, code: number, signal: string): void {
    lastBeat.delete(worker.id);
    if (stopping) {
      if (lastBeat.size === 0) process.exit(0);
      return;
    }
    const now = Date.now();
    logger.warn({ pid: worker.process.pid, code, signal }, "node exited");
    // A wrong setting or a taken port does not heal by itself: the node has said why.
    if (code === 2) return stop("SIGTERM", 2);
    if (signal !== null && now - startedAt > backOff.fastExitMs) failures = 0;
    if (now - startedAt < backOff.fastExitMs && signal === null) {
      fastExits.push(now);
      while (fastExits[0]! < now - backOff.fastExitMs) fastExits.shift();
      if (fastExits.length >= backOff.fastExits) {
        logger.error({ exits: fastExits.length }, "nodes keep exiting: giving up");
        return stop("SIGTERM", 1);
      }
      failures += 1;
    } else {
      failures = 0;
    }
    const delayMs = Math.min(backOff.mostMs, backOff.firstMs * 2 ** failures) * (0.5 + Math.random() / 2);
    setTimeout(fork, delayMs);
  }

  function stop(signal: NodeJS.Signals, exitCode = 0): void {
    if (stopping) {
      // A second signal forces.
      for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill("SIGKILL");
      process.exit(exitCode || 1);
    }
    stopping = true;
    const workers = Object.values(cluster.workers ?? {});
    for (const worker of workers) worker?.process.kill(signal);
    if (workers.length === 0) process.exit(exitCode);
    if (exitCode !== 0) process.on("exit", () => (process.exitCode = exitCode));
    setTimeout(() => {
      for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill("SIGKILL");
      process.exit(exitCode || 1);
    }, config.shutdownMs + 500).unref();
  }

  // A node whose event loop is blocked answers nobody; it cannot even be asked to stop.
  setInterval(() => {
    for (const worker of Object.values(cluster.workers ?? {})) {
      if (worker && Date.now() - (lastBeat.get(worker.id) ?? Date.now()) > heartbeatDeadMs) {
        logger.error({ pid: worker.process.pid }, "node hangs: killed");
        worker.process.kill("SIGKILL");
      }
    }
  }, 1_000).unref();

  process.on("SIGTERM", () => stop("SIGTERM"));
  process.on("SIGINT", () => stop("SIGTERM"));
  for (let i = 0; i < config.workers; i++) fork();
}

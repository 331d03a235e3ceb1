/** One timer for everything that happens now and then, whatever the number of clients in the process. */
const TICK_MS = 1_000;
const running = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** Calls `run` about once a second; the answer stops it. */
export function everySecond(run: () => void): () => void {
  running.add(run);
  timer ??= setInterval(() => {
    for (const each of running) each();
  }, TICK_MS);
  return () => {
    running.delete(run);
    if (running.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

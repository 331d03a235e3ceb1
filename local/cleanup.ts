/** The cloud's schedule on one machine: the same handler, soon after the start and then again and again. */
import type { handler } from "../functions/handlers/cleanup.ts";

const FIRST_MS = 5_000;
const LAMBDA_MS = 300_000;

/** Starts the schedule; a run that fails is logged and the next one tries again. */
export async function scheduleCleanup(everyMs: number): Promise<AsyncDisposable> {
  // Only now: handlers read the environment when they are loaded.
  const loaded = (await import("../functions/handlers/cleanup.ts")) as { handler: typeof handler };
  let running: Promise<unknown> = Promise.resolve();
  const run = () => {
    const endsAt = Date.now() + LAMBDA_MS;
    running = loaded
      .handler({}, { getRemainingTimeInMillis: () => endsAt - Date.now() })
      .catch((error: unknown) => console.error(`Passerby: cleanup failed, and is tried again: ${String(error)}`));
    timer = setTimeout(run, everyMs);
  };
  let timer = setTimeout(run, FIRST_MS);
  return {
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      await running;
      await loaded.handler[Symbol.asyncDispose]();
    },
  };
}

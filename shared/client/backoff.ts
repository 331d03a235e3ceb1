/** How long to wait before trying again: full jitter, so that many clients cut at once come back spread. */
import { isRetry, type ErrorCode } from "../protocol/errors.ts";

export interface Backoff {
  baseMs: number;
  capMs: number;
}

/** A lost connection: most come back within a few hundred ms (a node died, the others are there). */
export const reconnecting: Backoff = { baseMs: 200, capMs: 5_000 };
/** A request refused for now. The cap is what keeps "back to normal within 3 s of Redis's return" true. */
export const retrying: Backoff = { baseMs: 250, capMs: 2_500 };

/** Milliseconds: anything between nothing and base · 2^attempt, at most the cap. */
export const delayMs = (attempt: number, { baseMs, capMs }: Backoff, random = Math.random): number =>
  random() * Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30));

/** The same, after the time the server asked for. */
export const waitMs = (error: unknown, attempt: number, backoff: Backoff, random = Math.random): number =>
  ((error as { retryAfterMs?: number } | undefined)?.retryAfterMs ?? 0) + delayMs(attempt, backoff, random);

/** May what failed so be tried again later as it is? */
export const mayRetry = (error: unknown): boolean => {
  const code = (error as { code?: ErrorCode } | undefined)?.code;
  return code !== undefined && isRetry(code);
};

export type Sleep = (ms: number) => Promise<void>;

export const sleep: Sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** One client's waits. They are over, all at once, when it is: whoever wakes asks again, and is refused. */
export function createSleep(): { sleep: Sleep; stop: () => void } {
  const sleepers = new Map<ReturnType<typeof setTimeout>, () => void>();
  let stopped = false;
  return {
    sleep: (ms) =>
      new Promise((resolve) => {
        if (stopped) return resolve();
        const timer = setTimeout(() => {
          sleepers.delete(timer);
          resolve();
        }, ms);
        sleepers.set(timer, resolve);
      }),
    stop() {
      stopped = true;
      for (const [timer, wake] of sleepers) {
        clearTimeout(timer);
        wake();
      }
      sleepers.clear();
    },
  };
}

/** Runs until it succeeds, fails for good, or nobody wants it any more (then the last error is thrown). */
export async function persist<T>(run: () => Promise<T>, wanted: () => boolean, wait: Sleep = sleep): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (!mayRetry(error) || !wanted()) throw error;
      await wait(waitMs(error, attempt, retrying));
      if (!wanted()) throw error;
    }
  }
}

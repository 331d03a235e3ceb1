import { setTimeout as sleep } from "node:timers/promises";

type Seen<T> = T | undefined | false;

/** How much longer than promised things may take on a machine that is busy with others; SLACK=1 holds them to the promise. */
const slack = Number(process.env["SLACK"] ?? 4);

/** A promised time, ms, as a test may ask for it. */
export const promised = (ms: number): number => ms * slack;

/** Waits until `look` gives something; fails with the label at the deadline. */
export async function until<T>(label: string, look: () => Seen<T> | Promise<Seen<T>>, withinMs = 60_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${label}`);
    await sleep(10);
  }
}

/** A wait that is of a test's beginning: where it fails, what the test is about was never tried (controls/verdict.ts). */
export async function begun<T>(label: string, look: () => Seen<T> | Promise<Seen<T>>, withinMs?: number): Promise<T> {
  return until(label, look, withinMs).catch((error: Error) => {
    throw new Error(`not begun: ${error.message}`);
  });
}

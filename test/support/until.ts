import { setTimeout as sleep } from "node:timers/promises";

type Seen<T> = T | undefined | false;

/** Waits until `look` gives something; fails with the label at the deadline. */
export async function until<T>(label: string, look: () => Seen<T> | Promise<Seen<T>>, withinMs = 30_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${label}`);
    await sleep(10);
  }
}

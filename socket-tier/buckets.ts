/**
 * A bucket of handshakes for each address: n at once, n more each minute. A node counts for itself, as it does its sockets.
 * Not a window: guests behind one address whom a cut sends back all at once would wait for its end, and here for a moment.
 */
const MINUTE_MS = 60_000;
const SWEEP_EVERY_MS = 1_000;

export class Buckets {
  readonly #n: number;
  /** When each is full again, in n-ths of a millisecond: whole numbers. A full one need not be kept. */
  readonly #fullAt = new Map<string, number>();
  #sweepAt = 0;

  constructor(n: number) {
    this.#n = n;
  }

  /** @returns false where nothing is left; asking then costs nothing */
  take(address: string): boolean {
    const now = Math.trunc(performance.now()) * this.#n; // not the time of day, which may be set back
    if (now >= this.#sweepAt) this.#sweep(now);
    const fullAt = Math.max(this.#fullAt.get(address) ?? 0, now) + MINUTE_MS;
    if (fullAt > now + MINUTE_MS * this.#n) return false;
    this.#fullAt.set(address, fullAt);
    return true;
  }

  /** Forgets the full ones: an address that came once is kept for an n-th of a minute. */
  #sweep(now: number): void {
    this.#sweepAt = now + SWEEP_EVERY_MS * this.#n;
    for (const [address, fullAt] of this.#fullAt) if (fullAt <= now) this.#fullAt.delete(address);
  }

  get size(): number {
    return this.#fullAt.size;
  }
}

/** Of lists of figures, and of how long it took to get them. */

/** The value below which that share of them lies; 0 of none. @param share 0 to 1 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** The middle one; of an even number the mean of the two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** As many digits as say something. */
export function short(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return String(Number(value.toFixed(digits)));
}

export const latencies = (values: readonly number[]) => ({
  p50Ms: Number(quantile(values, 0.5).toFixed(2)),
  p99Ms: Number(quantile(values, 0.99).toFixed(2)),
});

/** Seconds beyond what a run may take; some questions by themselves may take theirs. */
export const lateBy = (seconds: number, { quick, some }: { quick: boolean; some: boolean }): number =>
  some ? 0 : Math.max(0, seconds - (quick ? 90 : 600));

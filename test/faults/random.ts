/** Chance that can be had again: SEED=… repeats a run's choices. */
export const seed = Number(process.env.SEED) || Math.floor(Math.random() * 2 ** 31);

let state = seed;

/** 0 to 1 (mulberry32). */
export function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
}

export const any = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;

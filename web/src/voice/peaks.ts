/** A recording's outline: so many numbers between 0 and 1, the loudest always 1. Pure. */
import { limits } from "../../../shared/protocol/limits.ts";

/** Below this all is silence; it is not blown up to look like speech. */
const SILENCE = 0.02;

export function toPeaks(levels: readonly number[], count: number = limits.voicePeaks): number[] {
  const loudest = levels.reduce((most, level) => Math.max(most, level), SILENCE);
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index * levels.length) / count);
    const to = Math.max(from + 1, Math.floor(((index + 1) * levels.length) / count));
    const peak = levels.slice(from, to).reduce((most, level) => Math.max(most, level), 0);
    return Math.round((peak / loudest) * 100) / 100;
  });
}

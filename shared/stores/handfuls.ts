/**
 * A limit in Redis that is not asked each time: who asks much within a second is given points by the handful, and most of their
 * requests need no trip. Never more than the limit over all processes, since points are taken before they are used. What is left
 * of a handful goes back after a second; a function that is frozen for good keeps it, which costs its client up to a tenth.
 */
import { type Limit, LimitExceeded, type LimitState } from "./limits.ts";

const KEPT_MS = 1_000;
/** Of what is left of the limit, and at most. */
const SHARE = 10;
const MOST = 100;

interface Handful {
  size: number;
  left: number;
  /** In Redis, when it was taken. */
  remaining: number;
  resetAtMs: number;
}

export interface Handfuls extends Pick<Limit, "consume"> {
  /** What can be counted at once, without a trip. */
  use(who: string): LimitState | undefined;
}

export function inHandfuls(limit: Pick<Limit, "points" | "consume" | "refund">): Handfuls {
  const hands = new Map<string, Handful>();
  const { points } = limit;

  function giveBack(who: string, hand: Handful): void {
    if (hands.get(who) === hand) hands.delete(who);
    const { left } = hand;
    hand.left = 0;
    // After the window's end there is nothing that it could go back to.
    if (left > 0 && Date.now() < hand.resetAtMs) limit.refund(who, left).catch(() => undefined);
  }

  async function take(who: string, size: number): Promise<LimitState> {
    const state = await limit.consume(who, size);
    const resetAtMs = Date.now() + state.resetMs;
    const hand: Handful = { size, left: size - 1, remaining: state.remaining, resetAtMs };
    const before = hands.get(who);
    hands.set(who, hand);
    if (before) giveBack(who, before);
    setTimeout(() => giveBack(who, hand), KEPT_MS).unref();
    return { ...state, remaining: state.remaining + hand.left };
  }

  /** Twice as many each time that one is used up within its second. */
  const next = ({ size, remaining }: Handful) => Math.max(1, Math.min(2 * size, Math.floor(remaining / SHARE), MOST));

  function use(who: string): LimitState | undefined {
    const hand = hands.get(who);
    const resetMs = hand ? hand.resetAtMs - Date.now() : 0;
    if (!hand || hand.left === 0 || resetMs <= 0) return undefined;
    hand.left -= 1;
    return { limit: points, remaining: hand.remaining + hand.left, resetMs };
  }

  return {
    use,

    async consume(who) {
      const used = use(who);
      if (used) return used;
      const hand = hands.get(who);
      const size = hand ? next(hand) : 1;
      try {
        return await take(who, size);
      } catch (error) {
        if (!hand || size === 1 || !(error instanceof LimitExceeded)) throw error;
        // Others took what there was a moment ago: not so many are left, but perhaps one.
        hand.remaining = 0;
        await limit.refund(who, size);
        return take(who, 1);
      }
    },
  };
}

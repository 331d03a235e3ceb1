/**
 * A limit in Redis that is not asked each time: who asks much within a second is given points by the handful, and most of their
 * requests need no trip. Never more than the limit over all processes, since points are taken before they are used. What is left
 * of a handful goes back after a second; a function that is frozen for good keeps it, which costs its client up to a tenth.
 */
import { type Limit, LimitExceeded, type LimitState } from "./limits.ts";

const KEPT_MS = 1_000;
/** Of what is left of the limit, and at most. */
const SHARE = 10;
const MOST = 32;

interface Handful {
  size: number;
  left: number;
  /** In Redis, when it was taken. */
  remaining: number;
  resetAtMs: number;
}

export function inHandfuls(limit: Limit): Pick<Limit, "consume"> {
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

  return {
    async consume(who) {
      const hand = hands.get(who);
      if (!hand) return take(who, 1);
      if (hand.left > 0 && Date.now() < hand.resetAtMs) {
        hand.left -= 1;
        return { limit: points, remaining: hand.remaining + hand.left, resetMs: hand.resetAtMs - Date.now() };
      }
      const size = next(hand);
      try {
        return await take(who, size);
      } catch (error) {
        if (size === 1 || !(error instanceof LimitExceeded)) throw error;
        // Others took what there was a moment ago: not so many are left, but perhaps one.
        hand.remaining = 0;
        await limit.refund(who, size);
        return take(who, 1);
      }
    },
  };
}

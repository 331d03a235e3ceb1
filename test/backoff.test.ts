/** When the headless client tries again, and when never. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { delayMs, mayRetry, reconnecting, retrying, waitMs } from "../shared/client/backoff.ts";
import { errors, PasserbyError, type ErrorCode } from "../shared/protocol/errors.ts";

describe("errors", () => {
  const retry = ["busy", "rate-limited", "draining", "unavailable", "internal"];
  test.each(Object.keys(errors) as ErrorCode[])("%s is retry or final as the contract says", (code) => {
    expect(mayRetry(new PasserbyError(code))).toBe(retry.includes(code));
  });

  test("a code of a newer server, or no code, is final", () => {
    expect(mayRetry({ code: "teapot" })).toBe(false);
    expect(mayRetry(new Error("of our own"))).toBe(false);
  });
});

describe("back-off", () => {
  test("full jitter: from nothing to base · 2^attempt, never above the cap, never before the server's word", () => {
    const backoff = fc.constantFrom(reconnecting, retrying);
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(backoff, fc.nat(2_000), chance, fc.nat(60_000), (each, attempt, random, retryAfterMs) => {
        const delay = delayMs(attempt, each, () => random);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(Math.min(each.capMs, each.baseMs * 2 ** attempt));
        const asked = new PasserbyError("rate-limited", "", { retryAfterMs });
        expect(waitMs(asked, attempt, each, () => random)).toBe(retryAfterMs + delay);
      }),
    );
    const many = Array.from({ length: 1_000 }, () => delayMs(20, reconnecting));
    expect(Math.min(...many)).toBeLessThan(reconnecting.capMs / 10);
    expect(Math.max(...many)).toBeGreaterThan(reconnecting.capMs * 0.9);
  });
});

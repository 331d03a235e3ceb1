/** Challenges of guest creation: each is good once. */
import type { StoreContext } from "./index.ts";
import { key } from "./keys.ts";

export function challengeStore({ redis }: StoreContext) {
  return {
    /** @returns whether nobody used it before */
    spend: async (id: string, forMs: number): Promise<boolean> =>
      (await redis.set(key("solved", id), 1, "PX", forMs, "NX")) === "OK",
  };
}

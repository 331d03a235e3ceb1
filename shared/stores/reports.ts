/** The right to be left alone. */
import { PasserbyError } from "../protocol/errors.ts";
import type { StoreContext } from "./index.ts";

export function reportStore({ run }: StoreContext) {
  return {
    /** Never matched, never reached again, both ways; a pair with them ends. @throws `not-found`, `session-ended` */
    async block(userId: string, other: string): Promise<void> {
      const reply = await run("user_block", userId, other);
      if (reply === -2) throw new PasserbyError("session-ended");
      if (reply === -1) throw new PasserbyError("not-found", "There is no such guest, or not any more");
    },
  };
}

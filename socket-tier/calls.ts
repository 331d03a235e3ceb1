/** Calls are not there yet: every request says so, and none of them does half a thing. */
import { PasserbyError } from "../shared/protocol/errors.ts";
import type { RequestName } from "../shared/protocol/index.ts";
import type { Handlers } from "./context.ts";

type Requests = Extract<RequestName, `call:${string}`>;

const unavailable = async (): Promise<never> => {
  throw new PasserbyError("unavailable", "Calls are not available on this server");
};

export const calls = (): Handlers<Requests> => ({
  "call:start": unavailable,
  "call:accept": unavailable,
  "call:decline": unavailable,
  "call:hangup": unavailable,
  "call:signal": unavailable,
  "call:media": unavailable,
  "call:direct": unavailable,
});

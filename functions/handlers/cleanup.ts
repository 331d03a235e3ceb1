import type { Context } from "aws-lambda";
import { loadConfig } from "../../shared/config.ts";
import { openStorage } from "../../shared/storage/index.ts";
import { cleanup } from "../cleanup.ts";
import { createContext } from "../context.ts";

const config = loadConfig();
const ctx = Object.assign(createContext(config), { objects: await openStorage(config) });

/** Invoked by a schedule; stops in time for the answer to be written down. */
export const handler = async (
  _event: unknown,
  { getRemainingTimeInMillis }: Pick<Context, "getRemainingTimeInMillis">,
) => {
  await ctx.ready();
  return cleanup(ctx, () => getRemainingTimeInMillis() - 5_000);
};
handler[Symbol.asyncDispose] = () => ctx[Symbol.asyncDispose]();

import type { Context } from "aws-lambda";
import { loadConfig } from "../../shared/config.ts";
import { openStorage } from "../../shared/storage/index.ts";
import { inEachCell } from "../cells.ts";
import { cleanup } from "../cleanup.ts";
import { createContext } from "../context.ts";

const cells = await Promise.all(
  inEachCell(loadConfig()).map(async (config) => ({
    ...createContext(config),
    objects: await openStorage(config),
    cell: config.cell,
  })),
);

/** Invoked by a schedule; stops in time for the answer to be written down. One cell after the other, each told of in the log. */
export const handler = async (
  _event: unknown,
  { getRemainingTimeInMillis }: Pick<Context, "getRemainingTimeInMillis">,
) => {
  const done = [];
  for (const ctx of cells) {
    await ctx.ready();
    done.push(await cleanup(ctx, () => getRemainingTimeInMillis() - 5_000));
  }
  return done.length === 1 ? done[0] : done;
};
handler[Symbol.asyncDispose] = async () => {
  for (const ctx of cells) await ctx[Symbol.asyncDispose]();
};

/**
 * What this node was told and cannot read: of another version while a deploy rolls, or broken. Whom it concerns comes in anew,
 * and the welcome says how things are: so nothing that was told is missed.
 */
import type { NodeContext } from "./context.ts";
import type { Entry } from "./inbox.ts";

/** Gathered for so long: nobody comes in anew more often … */
const GATHER_MS = 2_000;
/** … and nobody for what does not say whom it concerns, which would be everybody. */
const ALL_EVERY_MS = 60_000;

/** @returns call with each such entry */
export function comeAnew({ io, fanOut, logger }: NodeContext): (entry: Entry) => void {
  const targets = new Set<string>();
  const ops = new Set<string>();
  let all = false;
  let allAgainAt = 0;
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    timer = undefined;
    const sockets = new Set(
      all ? io.of("/").sockets.values() : [...targets].flatMap((target) => fanOut.socketsOf(target)),
    );
    logger.error({ ops: [...ops], sockets: sockets.size }, "told what this node cannot read: guests come in anew");
    targets.clear();
    ops.clear();
    all = false;
    for (const socket of sockets) socket.conn.close();
  }

  return ({ op = "", user, room }) => {
    ops.add(op);
    for (const target of [user, room]) {
      if (!target) continue;
      targets.add(target);
      fanOut.touch(target); // whoever is coming in just now looks again
    }
    if (!user && !room && Date.now() >= allAgainAt) {
      all = true;
      allAgainAt = Date.now() + ALL_EVERY_MS;
    }
    timer ??= setTimeout(flush, GATHER_MS).unref();
  };
}

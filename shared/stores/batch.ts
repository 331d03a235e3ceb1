/** Collects what is asked within one turn of the event loop and does it in one go. */

interface Turn {
  flushes: (() => void)[];
  out: Promise<void>;
}
let turn: Turn | undefined;

/** All that is asked within a turn goes out together: one immediate and one promise for it, not one for each who asks. */
function thisTurn(): Turn {
  if (turn) return turn;
  const flushes: (() => void)[] = [];
  const out = new Promise<void>((resolve) =>
    setImmediate(() => {
      turn = undefined;
      for (const flush of flushes) flush();
      resolve();
    }),
  );
  return (turn = { flushes, out });
}

/** Resolves once what was asked until now in this turn has gone out. */
export const flushed = (): Promise<void> => thisTurn().out;

/**
 * @param work gets up to `most` items, answers in the same order; where it throws, every caller of that batch gets the error
 * @param paceMs the next part goes no sooner than so long after the last: nobody waits while few ask, and many go together
 * @returns a function that asks for one
 */
export function batch<Item, Result>(
  work: (items: Item[]) => Promise<Result[]>,
  most: number,
  paceMs = 0,
): (item: Item) => Promise<Result> {
  let waiting: { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void }[] = [];
  let flushedAt = -Infinity;

  function schedule() {
    const leftMs = paceMs && flushedAt + paceMs - performance.now();
    if (leftMs > 0) setTimeout(flush, leftMs);
    else thisTurn().flushes.push(flush);
  }

  function flush() {
    if (paceMs) flushedAt = performance.now();
    const all = waiting;
    waiting = [];
    for (let start = 0; start < all.length; start += most) {
      const part = all.slice(start, start + most);
      work(part.map(({ item }) => item)).then(
        (results) => part.forEach(({ resolve }, i) => resolve(results[i]!)),
        (error: unknown) => part.forEach(({ reject }) => reject(error)),
      );
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      if (waiting.push({ item, resolve, reject }) === 1) schedule();
    });
}

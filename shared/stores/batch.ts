/** Collects what is asked within one turn of the event loop and does it in one go. */

/** Resolves once what was asked until now in this turn has gone out. */
export const flushed = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * @param work gets up to `most` items, answers in the same order; where it throws, every caller of that batch gets the error
 * @returns a function that asks for one
 */
export function batch<Item, Result>(
  work: (items: Item[]) => Promise<Result[]>,
  most: number,
): (item: Item) => Promise<Result> {
  let waiting: { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void }[] = [];

  function flush() {
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
      if (waiting.push({ item, resolve, reject }) === 1) setImmediate(flush);
    });
}

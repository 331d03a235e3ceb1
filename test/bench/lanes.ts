/** Works through a list, so many at a time. */
export async function eachOf<T>(
  items: T[],
  inFlight: number,
  work: (item: T, n: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < items.length) await work(items[next]!, next++);
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

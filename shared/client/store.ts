/** A value that can be watched. Readers see changes at once; listeners are told once per turn of the event loop. */
export interface Store<T> {
  get: () => T;
  set: (change: Partial<T>) => void;
  /** The answer unsubscribes. */
  subscribe: (listener: (value: T) => void) => () => void;
  /** Resolves with the first value that satisfies `wanted`; rejects with `label` after `timeoutMs`. */
  when: (wanted: (value: T) => boolean, timeoutMs?: number, label?: string) => Promise<T>;
}

export function createStore<T extends object>(initial: T): Store<T> {
  let value = initial;
  let due = false;
  const listeners = new Set<(value: T) => void>();

  function subscribe(listener: (value: T) => void) {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  return {
    get: () => value,
    set(change) {
      value = { ...value, ...change };
      if (due || listeners.size === 0) return;
      due = true;
      queueMicrotask(() => {
        due = false;
        for (const listener of listeners) listener(value);
      });
    },
    subscribe,
    when: (wanted, timeoutMs = 10_000, label = "the awaited state") =>
      new Promise((resolve, reject) => {
        if (wanted(value)) return resolve(value);
        const timer = setTimeout(() => {
          stop();
          reject(new Error(`${label} did not come within ${timeoutMs} ms`));
        }, timeoutMs);
        const stop = subscribe((next) => {
          if (!wanted(next)) return;
          clearTimeout(timer);
          stop();
          resolve(next);
        });
      }),
  };
}

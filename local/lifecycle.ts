/** Start and stop as one design: what was started is stopped once, in reverse, whoever asks and however often. */

export interface Run {
  /** Takes over a resource, to be disposed of at the end; what was started last goes first. */
  own: <R extends AsyncDisposable>(starting: R | Promise<R>) => Promise<R>;
  /** Ends everything with exit 1 when the promise resolves, saying what it says. */
  endsWith: (died: Promise<string>) => void;
}

/** Runs `start`, then stays until a signal (exit 0), a death or a failed start (one line, exit 1). */
export async function run(stopMs: number, start: (run: Run) => Promise<void>): Promise<void> {
  const owned: AsyncDisposable[] = [];
  let stopping: Promise<never> | undefined;

  async function disposeAll(code: number): Promise<never> {
    setTimeout(() => process.exit(1), stopMs).unref();
    for (let resource = owned.pop(); resource; resource = owned.pop()) {
      try {
        await resource[Symbol.asyncDispose]();
      } catch (error) {
        console.error(`Passerby: ${String(error)}`);
      }
    }
    process.exit(code);
  }
  const stop = (code: number) => (stopping ??= disposeAll(code));
  const fail = (line: string) => {
    if (!stopping) console.error(`Passerby: ${line}`);
    return stop(1);
  };

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void stop(0));
  try {
    await start({
      async own(starting) {
        const resource = await starting;
        // A signal may have come meanwhile: what arrives late is stopped as well, before what it builds on.
        owned.push(resource);
        if (stopping) await stopping;
        return resource;
      },
      endsWith: (died) => void died.then(fail),
    });
  } catch (error) {
    await fail(error instanceof Error ? error.message : String(error));
  }
}

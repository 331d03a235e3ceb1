// Preloaded into measured processes: SIGUSR2 collects garbage (needs --expose-gc).
process.on("SIGUSR2", () => globalThis.gc?.());

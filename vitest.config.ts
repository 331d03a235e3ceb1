import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/*.test.ts"],
    globalSetup: "test/support/redis-server.ts",
    env: { NODE_ENV: "test" },
    pool: "forks",
    // Each file starts real nodes, and two cores have to carry them.
    maxWorkers: 2,
    testTimeout: 150_000,
    hookTimeout: 150_000,
    expect: { poll: { timeout: 45_000 } },
  },
});

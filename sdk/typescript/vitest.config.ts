import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    globalSetup: ["tests/support/folder.ts", "tests/support/provider.ts"],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    pool: "forks",
    maxWorkers: 2,
    // The package is tested as it is published: built, and loaded by Node itself.
    server: { deps: { external: [/\/dist\//, /node_modules/] } },
  },
})

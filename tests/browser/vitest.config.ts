import { defineConfig } from "vitest/config"

// One browser and one server are enough for a machine, but a few waiting pages may be open side by side. The timeouts
// allow for a slow machine.
export default defineConfig({
  test: {
    include: ["*.browser.ts"],
    environment: "node",
    fileParallelism: false,
    maxConcurrency: 3,
    testTimeout: 90_000,
    hookTimeout: 90_000,
  },
})

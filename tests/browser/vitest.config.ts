import { defineConfig } from "vitest/config"

// One browser and one server are enough for the machine; a few pages that only wait may be open side by side. A slow
// machine is no reason to fail.
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

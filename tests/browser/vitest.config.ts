import { defineConfig } from 'vitest/config'

// One browser and one server are enough for the machine; a slow machine is no reason to fail.
export default defineConfig({
  test: { include: ['*.browser.ts'], environment: 'node', fileParallelism: false, testTimeout: 90_000, hookTimeout: 90_000 },
})

import tailwindcss from "@tailwindcss/vite"
import react from "@vitejs/plugin-react"
import { defineConfig } from "vitest/config"

const server = process.env.BASERUN_URL ?? "http://127.0.0.1:4318"

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    outDir: process.env.BASERUN_UI_OUT ?? "dist",
    emptyOutDir: true,
    manifest: true,
    sourcemap: false,
    // Both keep the content security policy strict: the polyfill is an inline script, inlined assets are `data:` URLs.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    target: "es2022",
  },
  server: { proxy: { "/api": server, "/openapi.json": server, "/healthz": server } },
  // Pure functions: no file needs its own process.
  test: { include: ["src/**/*.test.ts"], environment: "node", isolate: false },
})

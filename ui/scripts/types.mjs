// Generates `src/api/schema.d.ts` from the server's OpenAPI document. `--check` only compares.
import { execFileSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import openapiTypescript, { astToString } from "openapi-typescript"

const target = fileURLToPath(new URL("../src/api/schema.d.ts", import.meta.url))
const python = process.env.BASERUN_PYTHON ?? fileURLToPath(new URL("../../.venv/bin/python", import.meta.url))
const document = execFileSync(python, ["-m", "baserun_server.api.openapi"], { encoding: "utf8", maxBuffer: 2 ** 26 })
const heading = "// Made by `npm run types` from the server's /openapi.json.\n"
const types = heading + astToString(await openapiTypescript(JSON.parse(document)))

if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== types) {
    console.error(
      "`src/api/schema.d.ts` does not match the server's OpenAPI document\n\nhint: npm run types --workspace ui",
    )
    process.exit(1)
  }
} else {
  writeFileSync(target, types)
}

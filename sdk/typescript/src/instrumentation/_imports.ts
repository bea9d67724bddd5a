/**
 * Finding the installed clients and recording them, as ES modules and as CommonJS, before or after they are loaded.
 *
 * A CommonJS copy that is loaded is found in the cache of `require`, one that will be when it is required. Of ES modules
 * there is no list, so an application that is made of them gets its clients imported by us: the copy that it imported
 * before, or the one that it will import. Clients are looked for from the application's folder, not from ours, and from
 * the packages that it depends on: frameworks like to bring a client along in a version of their own.
 */

import { existsSync, readFileSync, realpathSync } from "node:fs"
import Module from "node:module"
import { dirname, extname, join } from "node:path"
import { pathToFileURL } from "node:url"
import { guarded, report } from "../_guard.js"
import { recordBedrockClass } from "./libraries/bedrock.js"
import { recordPlatformFetch } from "./libraries/fetch.js"
import { recordGoogle } from "./libraries/google.js"
import { recordMistral } from "./libraries/mistral.js"
import type { Loose } from "./wires/_reading.js"
import { recordStainless } from "./libraries/generated.js"

/** A package that is recorded: its name in `init({ instrument })`, its name in the registry, and what to do with it. */
interface Library {
  readonly name: string
  readonly from: string
  record(exports: Loose): void
}

const stainless = (name: string, from: string, className: string): Library => ({
  name,
  from,
  record(exports) {
    const Client = (named(exports, className) ?? exports["default"] ?? exports) as { prototype?: object }
    if (Client.prototype) recordStainless(Client.prototype, name)
  },
})

/** An export by its name; of CommonJS that was imported it may stand one level deeper. */
function named(exports: Loose, name: string): unknown {
  return exports[name] ?? exports["default"]?.[name]
}

const LIBRARIES: readonly Library[] = [
  stainless("openai", "openai", "OpenAI"),
  stainless("anthropic", "@anthropic-ai/sdk", "Anthropic"),
  stainless("groq", "groq-sdk", "Groq"),
  stainless("together", "together-ai", "Together"),
  {
    name: "google",
    from: "@google/genai",
    record(exports) {
      const Client = named(exports, "GoogleGenAI") as (new (options: object) => object) | undefined
      // The class that makes the requests is not exported: a client that is never used leads to it.
      if (Client) recordGoogle(new Client({ apiKey: "never used", vertexai: false }))
    },
  },
  {
    name: "mistral",
    from: "@mistralai/mistralai",
    record(exports) {
      const Client = named(exports, "Mistral") as { prototype: object } | undefined
      if (Client) recordMistral(Client.prototype)
    },
  },
  {
    name: "bedrock",
    from: "@aws-sdk/client-bedrock-runtime",
    record(exports) {
      const Client = named(exports, "BedrockRuntimeClient") as { prototype: object } | undefined
      if (Client) recordBedrockClass(Client.prototype)
    },
  },
]

/** Record what is installed; resolves when ES modules are recorded too. Never rejects. */
export async function instrumentInstalled(which: boolean | readonly string[], preloaded = false): Promise<void> {
  if (which === false) return
  if (which === true || which.includes("fetch")) guarded("fetch", recordPlatformFetch)
  const wanted = LIBRARIES.filter((one) => which === true || which.includes(one.name) || which.includes(one.from))
  guarded("require", () => recordRequired(wanted))
  if (!isModuleApplication(preloaded)) return
  const places = guarded("looking for clients", placesOfClients) ?? []
  await Promise.all(wanted.map((library) => recordImported(library, places)))
}

let hooked: readonly Library[] | undefined

/** CommonJS: those that are loaded, and those that will be. */
function recordRequired(wanted: readonly Library[]): void {
  const loader = Module as unknown as {
    _load?: (this: unknown, request: string, ...given: unknown[]) => unknown
    _cache?: Loose
  }
  for (const path of Object.keys(loader._cache ?? {})) {
    const library = wanted.find((one) => path.replaceAll("\\", "/").includes(`/node_modules/${one.from}/`))
    if (!library) continue
    const exports: unknown = loader._cache?.[path]?.exports
    if (isObject(exports)) guarded(`record ${library.name}`, () => library.record(exports as Loose))
  }
  const first = hooked === undefined
  hooked = wanted
  const load = loader._load
  if (!first || !load) return
  loader._load = function (request, ...given) {
    const exports = load.call(this, request, ...given)
    const library = hooked?.find((one) => leadsTo(request, one.from))
    if (library && isObject(exports)) guarded(`record ${library.name}`, () => library.record(exports as Loose))
    return exports
  }
}

/** Whether a request is one for a package; Turbopack puts a hash behind the name of what it leaves outside. */
function leadsTo(request: string, name: string): boolean {
  return request === name || (request.startsWith(`${name}-`) && /^[0-9a-f]{16}$/.test(request.slice(name.length + 1)))
}

const isObject = (value: unknown): boolean =>
  (typeof value === "object" && value !== null) || typeof value === "function"

/** ES modules: every copy that the application and its packages lead to. */
async function recordImported(library: Library, places: readonly Place[]): Promise<void> {
  const leading = places.filter(({ uses }) => !uses || library.from in uses)
  const entries = new Set(leading.flatMap(({ folder }) => moduleEntry(folder, library.from) ?? []))
  for (const entry of entries) {
    try {
      // For Node and nobody else: a bundler that we were built into would look for the file at build time.
      const exports = (await import(
        /* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ pathToFileURL(entry).href
      )) as Loose
      guarded(`record ${library.name}`, () => library.record(exports))
    } catch (fault) {
      report(`import of ${library.from}`, fault)
    }
  }
}

/** A folder from which code imports; `uses` names the packages that it may import where not every one counts. */
interface Place {
  readonly folder: string
  readonly uses?: object
}

/** The application's folders, and those of the packages that they depend on. */
function placesOfClients(): Place[] {
  const folders = [...new Set(applicationFolders())]
  const roots = new Set(folders.flatMap((folder) => folderWith("package.json", folder) ?? []))
  const packages = [...roots].flatMap((root) =>
    Object.keys((describedIn(root)["dependencies"] as Loose | undefined) ?? {}).flatMap(
      (name) => folderOfPackage(root, name) ?? [],
    ),
  )
  const carriers = packages.map((folder) => {
    const { dependencies, peerDependencies } = describedIn(folder)
    return { folder: realpathSync(folder), uses: { ...dependencies, ...peerDependencies } as object }
  })
  return [...folders.map((folder) => ({ folder })), ...carriers]
}

/** The file that `import` of a package leads to from a folder, where it is installed. */
export function moduleEntry(folder: string, name: string): string | undefined {
  const root = folderOfPackage(folder, name)
  if (root === undefined) return undefined
  const described = describedIn(root)
  const main = chosen(described["exports"]?.["."] ?? described["exports"]) ?? described["main"]
  return typeof main === "string" ? realpathSync(join(root, main)) : undefined
}

function folderOfPackage(folder: string, name: string): string | undefined {
  const within = join("node_modules", name)
  const above = folderWith(join(within, "package.json"), folder)
  return above === undefined ? undefined : join(above, within)
}

/** The nearest folder, going up, that has this file. */
function folderWith(file: string, folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, file))) return at
    if (dirname(at) === at) return undefined
  }
}

/** The package.json of a folder; empty where it cannot be read, which is for Node to complain about. */
function describedIn(folder: string): Loose {
  try {
    return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Loose
  } catch {
    return {}
  }
}

/** What Node chooses among the conditions of `exports`. */
function chosen(exports: unknown): string | undefined {
  if (typeof exports === "string") return exports
  if (Array.isArray(exports)) return exports.map(chosen).find(Boolean)
  if (exports === null || typeof exports !== "object") return undefined
  for (const [condition, target] of Object.entries(exports)) {
    if (!["node", "import", "module-sync", "default"].includes(condition)) continue
    const found = chosen(target)
    if (found) return found
  }
  return undefined
}

function applicationFolders(): string[] {
  const script = process.argv[1]
  const folders = [process.cwd()]
  if (script && existsSync(script)) folders.push(dirname(realpathSync(script)))
  return folders
}

/** Whether the application is made of ES modules. Before its first file is loaded only that file's name tells. */
function isModuleApplication(preloaded: boolean): boolean {
  // Next's own program is CommonJS; what its server loads for the application need not be.
  if (process.env["NEXT_RUNTIME"]) return true
  if (process.mainModule) return false
  const script = process.argv[1]
  if (!preloaded || !script) return true
  const ending = extname(script)
  if (ending === ".mjs" || ending === ".mts") return true
  if (ending === ".cjs" || ending === ".cts") return false
  return nearestType(dirname(script)) === "module"
}

function nearestType(folder: string): string | undefined {
  const root = folderWith("package.json", folder)
  return root === undefined ? undefined : (describedIn(root)["type"] as string | undefined)
}

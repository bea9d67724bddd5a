import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, normalize } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"

const root = fileURLToPath(new URL(".", import.meta.url))

/** From the top down: a file imports only files of its own layer and of those below. */
const layers = [
  ["main.tsx", "imports.test.ts"],
  ["routes.tsx"],
  ["pages"],
  ["features"],
  ["components"],
  ["layout", "filter", "paths.ts"],
  ["format", "api"],
  ["state"],
]
const layerOf = (file: string): number => layers.findIndex((names) => names.includes(file.split("/")[0]!))

const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
  (name) => /\.tsx?$/.test(name) && !name.endsWith(".test.ts"),
)

/** The files that a file imports: types and lazily loaded files as well. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8")
  const named = [...text.matchAll(/(?:\bfrom|\bimport|\bimport\() ?"(\.[^"]+)"/g)]
  return named
    .map(([, path]) => normalize(join(dirname(file), path!)))
    .flatMap((path) => files.find((name) => name === path || name.replace(/\.tsx?$/, "") === path) ?? [])
}

const graph = new Map(files.map((file) => [file, importsOf(file)]))

test("imports go down the layers", () => {
  const upwards = files.flatMap((file) =>
    graph.get(file)!.flatMap((other) => (layerOf(other) < layerOf(file) ? [`${file} imports ${other}`] : [])),
  )
  expect(upwards).toEqual([])
  expect(files.filter((file) => layerOf(file) < 0)).toEqual([])
  expect(graph.get("routes.tsx")).toContain("pages/OverviewPage.tsx")
})

test("imports never form a cycle", () => {
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [[...path.slice(path.indexOf(file)), file].join(" → ")]
    if (done.has(file)) return []
    const cycles = graph.get(file)!.flatMap((other) => visit(other, [...path, file]))
    done.add(file)
    return cycles
  }
  expect(files.flatMap((file) => visit(file, []))).toEqual([])
})

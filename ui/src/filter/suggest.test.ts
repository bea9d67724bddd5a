import { expect, test } from "vitest"
import type { FieldInfo } from "../api/types"
import { suggest } from "./suggest"

const field = (name: string, more: Partial<FieldInfo> = {}): FieldInfo => ({
  name,
  type: "number",
  operators: [":", ">=", "<"],
  unit: null,
  sortable: true,
  facets: false,
  histogram: false,
  values: null,
  description: "",
  ...more,
})
const fields = [
  field("errors"),
  field("model", { type: "set", operators: [":"], facets: true }),
  field("status", { type: "word", operators: [":"], facets: true, values: ["active", "idle", "ended"] }),
]

test("the beginning of a name suggests fields with their usual operator", () => {
  expect(suggest("refund mo", fields).suggestions.map(({ text }) => text)).toEqual(["refund model:"])
  expect(suggest("err", fields).suggestions.map(({ text }) => text)).toEqual(["errors>="])
})

test("fields that begin with the typed text come before those that contain it", () => {
  expect(suggest("s", fields).suggestions.map(({ text }) => text)).toEqual(["status:", "errors>="])
})

test("known values are offered at once", () => {
  expect(suggest("-status:e", fields).suggestions).toEqual([
    { text: "-status:ended", label: "ended", note: "", count: null, done: true },
  ])
})

test("other values are wanted from the server", () => {
  expect(suggest("lamp model:gpt", fields)).toEqual({
    suggestions: [],
    field: "model",
    prefix: "gpt",
    before: "lamp model:",
  })
})

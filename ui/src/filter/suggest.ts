/** Suggestions for the filter bar, from the text typed so far. */
import type { FieldInfo } from "../api/types"

export type Suggestion = {
  /** The text of the whole filter bar if this suggestion is taken. */
  text: string
  label: string
  note: string
  count: number | null
  /** A complete condition, which can be applied at once. */
  done: boolean
}

export type Suggestions = {
  suggestions: Suggestion[]
  /** The field whose values are wanted from the server; null if none are. */
  field: string | null
  prefix: string
  /** The text before the value. */
  before: string
}

const MOST = 12

/** Suggest fields or known values for the last word, or name the field whose values are wanted. */
export function suggest(text: string, fields: readonly FieldInfo[]): Suggestions {
  const start = text.lastIndexOf(" ") + 1
  const word = text.slice(start)
  const value = /^(-?)([a-z][a-z0-9_.]*):([^"]*)$/i.exec(word)
  const named = value ? fields.find((field) => field.name === value[2]) : undefined
  if (value && named) {
    const before = text.slice(0, start) + word.slice(0, word.length - value[3]!.length)
    if (named.values) {
      const suggestions = named.values
        .filter((one) => one.startsWith(value[3]!))
        .map((one) => ({ text: `${before}${one}`, label: one, note: "", count: null, done: true }))
      return { suggestions: suggestions.slice(0, MOST), field: null, prefix: "", before }
    }
    return { suggestions: [], field: named.facets ? named.name : null, prefix: value[3]!, before }
  }
  const sign = word.startsWith("-") ? "-" : ""
  const typed = word.slice(sign.length).toLowerCase()
  const matching = fields
    .filter((field) => field.name.includes(typed))
    .toSorted((a, b) => Number(b.name.startsWith(typed)) - Number(a.name.startsWith(typed)))
  const suggestions = matching.map((field) => {
    const operator = field.operators.includes(">=") && !field.facets ? ">=" : ":"
    return {
      text: `${text.slice(0, start)}${sign}${field.name}${operator}`,
      label: `${sign}${field.name}${operator}`,
      note: field.description,
      count: null,
      done: false,
    }
  })
  return { suggestions: suggestions.slice(0, MOST), field: null, prefix: "", before: text }
}

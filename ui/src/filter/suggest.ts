/** What could follow what somebody has typed so far. */
import type { FieldInfo } from "../api/types"

export type Suggestion = {
  /** The whole field's text if this is taken. */
  text: string
  label: string
  note: string
  count: number | null
  /** Complete: it can be applied at once. */
  done: boolean
}

export type Asked = {
  suggestions: Suggestion[]
  /** Where values of a field are wanted, its name; the caller asks the server for them. */
  field: string | null
  prefix: string
  /** The text up to the value. */
  before: string
}

const AT_MOST = 12

/** Suggest fields for the last word, or say that values of a field are wanted. */
export function suggest(text: string, fields: readonly FieldInfo[]): Asked {
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
      return { suggestions: suggestions.slice(0, AT_MOST), field: null, prefix: "", before }
    }
    return { suggestions: [], field: named.facets ? named.name : null, prefix: value[3]!, before }
  }
  const sign = word.startsWith("-") ? "-" : ""
  const begun = word.slice(sign.length).toLowerCase()
  const matching = fields
    .filter((field) => field.name.includes(begun))
    .toSorted((a, b) => Number(b.name.startsWith(begun)) - Number(a.name.startsWith(begun)))
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
  return { suggestions: suggestions.slice(0, AT_MOST), field: null, prefix: "", before: text }
}

/**
 * The filter language, the same in the address, the search field, the API and saved views:
 *
 *     filter = clause *( SP clause )                     all must hold
 *     clause = [ "-" ] field op value *( "," value )     comma: any of; leading "-": not
 *            | [ "-" ] "has:" field
 *     op     = ":"  "~"  ">"  ">="  "<"  "<="            and  field ":" a ".." b
 *     value  = bare word | "quoted \" text"
 *
 * What is no clause is a word to search for. Printing what was parsed and parsing it again changes nothing.
 */

export type Operator = ':' | '~' | '>' | '>=' | '<' | '<='
export type Clause = { negated: boolean; field: string; operator: Operator; values: string[] }
export type Parsed = { clauses: Clause[]; words: string; problem: { message: string; position: number } | null }

const CLAUSE = /^(-?)([a-z][a-z0-9_]*(?:\.[^\s:~<>="]+)?)(>=|<=|:|~|>|<)/i

/** Split what somebody typed into clauses and the words to search for. Never throws; a `problem` says where it is. */
export function parse(text: string): Parsed {
  const clauses: Clause[] = []
  const words: string[] = []
  let problem: Parsed['problem'] = null
  let at = 0
  while (at < text.length) {
    if (/\s/.test(text[at]!)) {
      at += 1
      continue
    }
    const head = CLAUSE.exec(text.slice(at))
    if (!head || isAddress(text.slice(at))) {
      const end = wordEnd(text, at)
      words.push(text.slice(at, end))
      at = end
      continue
    }
    const start = at
    at += head[0].length
    const values: string[] = []
    for (;;) {
      const value = readValue(text, at)
      if (value.problem) problem ??= { message: value.problem, position: at }
      if (value.text === '' && !value.quoted) problem ??= { message: `a value is missing after \`${head[0]}\``, position: at }
      else values.push(value.text)
      at = value.end
      if (text[at] !== ',') break
      at += 1
    }
    if (values.length > 0) clauses.push({ negated: head[1] === '-', field: head[2]!, operator: head[3] as Operator, values })
    else problem ??= { message: 'the condition is not complete', position: start }
  }
  return { clauses, words: words.join(' '), problem }
}

/** One clause as text. */
export function print(clause: Clause): string {
  return `${clause.negated ? '-' : ''}${clause.field}${clause.operator}${clause.values.map(printValue).join(',')}`
}

/** Clauses as the value of `filter=`. */
export const printAll = (clauses: readonly Clause[]): string => clauses.map(print).join(' ')

const printValue = (value: string): string =>
  value === '' || /[\s,"\\]/.test(value) ? `"${value.replace(/["\\]/g, (letter) => `\\${letter}`)}"` : value

function readValue(text: string, from: number): { text: string; end: number; quoted: boolean; problem?: string } {
  if (text[from] !== '"') {
    let end = from
    while (end < text.length && !/[\s,]/.test(text[end]!)) end += 1
    return { text: text.slice(from, end), end, quoted: false }
  }
  let value = ''
  for (let at = from + 1; at < text.length; at += 1) {
    const letter = text[at]!
    if (letter === '\\' && at + 1 < text.length) {
      at += 1
      value += text[at]
    } else if (letter === '"') {
      return { text: value, end: at + 1, quoted: true }
    } else {
      value += letter
    }
  }
  return { text: value, end: text.length, quoted: true, problem: 'a quotation mark is not closed' }
}

// A word, or a phrase in quotation marks.
function wordEnd(text: string, from: number): number {
  if (text[from] === '"') {
    const close = text.indexOf('"', from + 1)
    return close < 0 ? text.length : close + 1
  }
  let end = from
  while (end < text.length && !/\s/.test(text[end]!)) end += 1
  return end
}

// `https://…` is something that was said, not a condition on a field `https`; `role:` belongs to the words.
const isAddress = (text: string): boolean => /^[a-z]+:\/\//i.test(text) || /^-?role:/i.test(text)

/**
 * The filter language: text to clauses, and clauses back to text. The address, the filter bar and the API share it;
 * `contract/filters.json` holds this parser and the server's to the same examples.
 *
 *     filter  = clause *( SP clause )                        all must match
 *     clause  = [ "-" ] field op item *( "," item )          any of the items matches; "-" negates
 *             | [ "-" ] "has:" field                         the field has a value
 *     op      = ":" equal   "~" contains   ">" ">=" "<" "<="
 *     item    = value [ "*" ]                                "*": begins with; only after ":"
 *             | value ".." value                             both ends included; only after ":"
 *     value   = bare word | quoted text                      in quotes \" is a quote and \\ a backslash
 *     field   = name | ("meta." | "trait." | "score.") (key | quoted text)
 */

export type Operator = ":" | "~" | ">" | ">=" | "<" | "<=" | "has"
export type Value = { text: string; prefix: boolean }
export type Range = { low: string; high: string }
export type Clause = { field: string; operator: Operator; items: (Value | Range)[]; negated: boolean }

/** A syntax error; `position` is its place, in characters from 0. */
export class FilterError extends Error {
  readonly position: number

  constructor(message: string, text: string, at: number) {
    super(message)
    // Characters rather than UTF-16 units, because the server counts characters.
    this.position = Array.from(text.slice(0, at)).length
  }
}

const FIELD = /[A-Za-z_][A-Za-z0-9_]*/y
const KEY = /[A-Za-z0-9_.-]+/y
const OPERATOR = />=|<=|>|<|:|~/y
const BARE = /[^ \t\r\n,"]+/y
const QUOTED = /"((?:[^"\\]|\\[^])*)"/y
const SPACES = " \t\r\n"
const MAPS = new Set(["meta", "trait", "score"])

/** What was read, and where reading continues. */
type Read<What> = { what: What; at: number }

/** The clauses of a filter, in order. Throws `FilterError`. */
export function parseFilter(text: string): Clause[] {
  const clauses: Clause[] = []
  let at = skipSpaces(text, 0)
  while (at < text.length) {
    const read = readClause(text, at)
    clauses.push(read.what)
    at = read.at
    if (at < text.length && !SPACES.includes(text[at]!)) throw new FilterError(`unexpected \`${text[at]}\``, text, at)
    at = skipSpaces(text, at)
  }
  return clauses
}

/** The shortest text that parses to these clauses. */
export const printFilter = (clauses: readonly Clause[]): string => clauses.map(printClause).join(" ")

function readClause(text: string, start: number): Read<Clause> {
  const negated = text[start] === "-"
  let at = negated ? start + 1 : start
  if (text.startsWith("has:", at)) {
    const field = readField(text, at + 4)
    return { what: { field: field.what, operator: "has", items: [], negated }, at: field.at }
  }
  const field = readField(text, at)
  const operator = match(OPERATOR, text, field.at)
  if (operator === null) throw new FilterError(`expected one of : ~ > >= < <= after \`${field.what}\``, text, field.at)
  at = field.at + operator.length
  const items: (Value | Range)[] = []
  for (;;) {
    const item = readItem(text, at, operator as Operator)
    items.push(item.what)
    at = item.at
    if (text[at] !== ",") return { what: { field: field.what, operator: operator as Operator, items, negated }, at }
    at += 1
  }
}

function readField(text: string, start: number): Read<string> {
  const name = match(FIELD, text, start)
  if (name === null) throw new FilterError("expected a field name", text, start)
  let at = start + name.length
  if (!MAPS.has(name) || text[at] !== ".") return { what: name, at }
  at += 1
  const key = text[at] === '"' ? readQuoted(text, at) : readKey(text, at, name)
  if (key.what === "") throw new FilterError(`the key after \`${name}.\` is empty`, text, key.at)
  return { what: `${name}.${key.what}`, at: key.at }
}

function readKey(text: string, at: number, name: string): Read<string> {
  const key = match(KEY, text, at)
  if (key === null) throw new FilterError(`expected a key after \`${name}.\``, text, at)
  return { what: key, at: at + key.length }
}

function readItem(text: string, at: number, operator: Operator): Read<Value | Range> {
  if (text[at] === '"') {
    const quoted = readQuoted(text, at)
    if (operator !== ":") return { what: { text: quoted.what, prefix: false }, at: quoted.at }
    if (text[quoted.at] === "*") return { what: { text: quoted.what, prefix: true }, at: quoted.at + 1 }
    return readHighEnd(text, quoted.at, quoted.what)
  }
  const word = match(BARE, text, at)
  if (word === null) throw new FilterError("expected a value", text, at)
  const end = at + word.length
  if (operator !== ":") return { what: { text: word, prefix: false }, at: end }
  const dots = word.indexOf("..")
  if (dots > 0) return readHighEnd(text, at + dots, word.slice(0, dots))
  if (dots === 0) throw new FilterError("expected the lower end of the range", text, at)
  if (word.endsWith("*")) return { what: { text: word.slice(0, -1), prefix: true }, at: end }
  return { what: { text: word, prefix: false }, at: end }
}

// After the lower end: `..` and the upper end, or nothing.
function readHighEnd(text: string, start: number, low: string): Read<Value | Range> {
  if (!text.startsWith("..", start)) return { what: { text: low, prefix: false }, at: start }
  const at = start + 2
  if (text[at] === '"') {
    const high = readQuoted(text, at)
    return { what: { low, high: high.what }, at: high.at }
  }
  const high = match(BARE, text, at)
  if (high === null) throw new FilterError("expected the upper end of the range", text, at)
  return { what: { low, high }, at: at + high.length }
}

function readQuoted(text: string, at: number): Read<string> {
  QUOTED.lastIndex = at
  const found = QUOTED.exec(text)
  if (!found) throw new FilterError("unclosed quotation mark", text, at)
  return { what: found[1]!.replace(/\\([^])/g, "$1"), at: at + found[0].length }
}

function skipSpaces(text: string, from: number): number {
  let at = from
  while (at < text.length && SPACES.includes(text[at]!)) at += 1
  return at
}

function match(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? null
}

/** One clause as text. */
export function printClause({ field, operator, items, negated }: Clause): string {
  const sign = negated ? "-" : ""
  if (operator === "has") return `${sign}has:${printField(field)}`
  return `${sign}${printField(field)}${operator}${items.map((item) => printItem(item, operator)).join(",")}`
}

function printField(field: string): string {
  const dot = field.indexOf(".")
  if (dot < 0) return field
  const key = field.slice(dot + 1)
  return match(KEY, key, 0) === key ? field : `${field.slice(0, dot)}.${quote(key)}`
}

function printItem(item: Value | Range, operator: Operator): string {
  if ("low" in item) {
    // A trailing dot of the lower end would be read as the first dot of `..`.
    const low = item.low.endsWith(".") ? quote(item.low) : printWord(item.low, ":")
    return `${low}..${printWord(item.high, ":")}`
  }
  return printWord(item.text, operator) + (item.prefix ? "*" : "")
}

/** A value, quoted if it must be after this operator. */
export function printWord(word: string, operator: Operator): string {
  let bare = word !== "" && match(BARE, word, 0) === word
  if (operator === ":") bare &&= !word.includes("..") && !word.endsWith("*")
  if (operator === "<" || operator === ">") bare &&= !word.startsWith("=")
  return bare ? word : quote(word)
}

const quote = (text: string): string => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`

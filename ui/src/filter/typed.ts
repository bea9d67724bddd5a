/** The text typed into the filter bar: conditions and words, in any order. */
import { type Clause, FilterError, parseFilter } from "./grammar"

export type Typed = { clauses: Clause[]; words: string; problem: string | null }

const CONDITION = /^-?(?:has:|[A-Za-z_][A-Za-z0-9_]*(?:\.(?:"[^"]*"|[^\s:~<>="]+))?(?:>=|<=|[:~<>]))/

/**
 * Split the text into conditions on one of the `fields` and words to search for: `https://…` and `note: …` are words.
 * While no fields are known, everything that looks like a condition is one.
 */
export function readTyped(text: string, fields: ReadonlySet<string>): Typed {
  const clauses: Clause[] = []
  const words: string[] = []
  let problem: string | null = null
  for (const piece of pieces(text)) {
    const head = CONDITION.exec(piece)?.[0]
    if (head === undefined || !isField(head, piece, fields)) {
      words.push(piece)
      continue
    }
    try {
      clauses.push(...parseFilter(piece))
    } catch (error) {
      if (!(error instanceof FilterError)) throw error
      problem ??= error.message
    }
  }
  return { clauses, words: words.join(" "), problem }
}

function isField(head: string, piece: string, fields: ReadonlySet<string>): boolean {
  const condition = head.replace(/^-/, "")
  const name = condition === "has:" ? piece.slice(piece.indexOf(":") + 1) : condition.replace(/(?:>=|<=|[:~<>])$/, "")
  const plain = name.split(".")[0]!
  return fields.size === 0
    ? !piece.includes("://")
    : fields.has(name) || fields.has(plain) || fields.has(`${plain}.*`) || ["meta", "trait", "score"].includes(plain)
}

// Split at spaces outside quotation marks.
function pieces(text: string): string[] {
  return text.match(/(?:"(?:[^"\\]|\\[^])*"?|[^\s"])+/g) ?? []
}

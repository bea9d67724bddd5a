/** What somebody types into a search field: conditions and words, in any order. */
import { type Clause, FilterError, parseFilter } from "./grammar"

export type Typed = { clauses: Clause[]; words: string; problem: string | null }

const CONDITION = /^-?(?:has:|[A-Za-z_][A-Za-z0-9_]*(?:\.(?:"[^"]*"|[^\s:~<>="]+))?(?:>=|<=|[:~<>]))/

/**
 * Pieces that begin like a condition on one of the `fields` are read as such; all others are words to search for, so
 * `https://…` or `note: …` stay words. Without known fields everything that looks like a condition is one.
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
  const begun = head.replace(/^-/, "")
  const name = begun === "has:" ? piece.slice(piece.indexOf(":") + 1) : begun.replace(/(?:>=|<=|[:~<>])$/, "")
  const plain = name.split(".")[0]!
  return fields.size === 0
    ? !piece.includes("://")
    : fields.has(name) || fields.has(plain) || fields.has(`${plain}.*`) || ["meta", "trait", "score"].includes(plain)
}

// Cut at spaces that stand outside of quotation marks.
function pieces(text: string): string[] {
  return text.match(/(?:"(?:[^"\\]|\\[^])*"?|[^\s"])+/g) ?? []
}

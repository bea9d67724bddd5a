import { ClipboardCopy } from "lucide-react"
import { allTurns } from "../../api/queries"
import { Copy } from "../../components/Copy"
import { count } from "../../format/number"
import { sessionMarkdown } from "../../layout/markdown"
import { paths } from "../../paths"
import { useDetail } from "./useDetail"

const MOST_TURNS = 2_000

/** Copies the whole conversation as Markdown, with the detail that the page shows. */
export function CopySession({ sessionId, title }: { sessionId: string; title: string }) {
  const [detail] = useDetail()
  const text = async (): Promise<string> => {
    const { items: turns, more } = await allTurns(sessionId, MOST_TURNS)
    const markdown = sessionMarkdown(title, `${location.origin}${paths.session(sessionId)}`, turns, detail)
    return more ? `${markdown}\n*(only the first ${count(turns.length)} turns)*\n` : markdown
  }
  return <Copy text={text} label="Copy session as Markdown" icon={ClipboardCopy} />
}

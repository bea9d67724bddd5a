/** The rows of a list as a file: the filter and order that are shown, every number that the API gives. */
import { CSPProvider } from "@base-ui/react/csp-provider"
import { Popover } from "@base-ui/react/popover"
import { Download } from "lucide-react"
import { useRef, useState } from "react"
import type { Parameters } from "../../api/client"
import { allRows, type Resource } from "../../api/queries"
import type { Total } from "../../api/types"
import { csv, jsonl, type Row } from "../../format/csv"
import { count, plural } from "../../format/number"
import { control, quiet } from "../../components/classes"

/** The page holds the file until it is saved. */
const MOST_ROWS = 100_000
const kinds = [
  { name: "CSV", ending: "csv", type: "text/csv", text: csv },
  { name: "JSON lines", ending: "jsonl", type: "application/x-ndjson", text: jsonl },
] as const

type ExportMenuProps = { resource: Resource; noun: string; parameters: Parameters; total: Total | null }

export default function ExportMenu({ resource, noun, parameters, total }: ExportMenuProps) {
  const [read, setRead] = useState<number | null>(null)
  const [words, setWords] = useState("")
  const stop = useRef<AbortController>(undefined)
  const save = async (kind: (typeof kinds)[number]): Promise<void> => {
    const asked = (stop.current = new AbortController())
    setWords("")
    setRead(0)
    try {
      const { rows, more } = await allRows(resource, parameters, MOST_ROWS, asked.signal, setRead)
      download(kind.text(rows as Row[]), `${resource}.${kind.ending}`, kind.type)
      setWords(
        more
          ? `The first ${plural(rows.length, noun)}; there are more. A filter makes it fewer.`
          : `${plural(rows.length, noun)} saved.`,
      )
    } catch (error) {
      setWords(asked.signal.aborted ? "" : error instanceof Error ? error.message : String(error))
    } finally {
      setRead(null)
    }
  }
  return (
    <CSPProvider disableStyleElements>
      <Popover.Root
        onOpenChange={(open) => {
          if (!open) stop.current?.abort()
        }}
      >
        <Popover.Trigger className={quiet} aria-label="Export" title="Export">
          <Download size={14} aria-hidden />
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Positioner align="end" sideOffset={4} className="z-40">
            <Popover.Popup className="flex w-64 flex-col gap-2 rounded-card border border-hairline bg-background p-3 shadow-(--shadow) transition-opacity duration-[120ms] data-[ending-style]:opacity-0 data-[starting-style]:opacity-0">
              <Popover.Title className="font-semibold">
                Export {total ? `${total.exact ? "" : "about "}${plural(total.value, noun)}` : `the ${noun}s`}
              </Popover.Title>
              <p className="text-small text-secondary">
                With the filter and in the order of this list, and with every column.
              </p>
              {read === null ? (
                <span className="flex gap-2">
                  {kinds.map((kind) => (
                    <button key={kind.name} type="button" className={control} onClick={() => void save(kind)}>
                      {kind.name}
                    </button>
                  ))}
                </span>
              ) : (
                <span className="flex items-center gap-3 text-small">
                  <span role="status" className="text-secondary">
                    {count(read)}
                    {total ? ` of ${count(total.value)}` : ""} read…
                  </span>
                  <button type="button" className={control} onClick={() => stop.current?.abort()}>
                    Cancel
                  </button>
                </span>
              )}
              {words && (
                <p role="status" className="text-small">
                  {words}
                </p>
              )}
            </Popover.Popup>
          </Popover.Positioner>
        </Popover.Portal>
      </Popover.Root>
    </CSPProvider>
  )
}

function download(text: string, name: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }))
  const anchor = document.createElement("a")
  anchor.href = address
  anchor.download = name
  anchor.click()
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

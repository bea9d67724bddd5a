/** Saves the rows of a list as a file: with its filter and order, and with every field that the API gives. */
import { Download } from "lucide-react"
import { useRef, useState } from "react"
import type { Parameters } from "../../api/client"
import { allRows, type Resource } from "../../api/queries"
import type { Total } from "../../api/types"
import { control } from "../../components/classes"
import { Popover, PopoverTitle } from "../../components/Popover"
import { csv, jsonl, type Row } from "../../format/csv"
import { approximate, count, plural } from "../../format/number"

/** The page holds the file in memory until it is saved. */
const MOST_ROWS = 100_000

const formats = [
  { name: "CSV", extension: "csv", type: "text/csv", write: csv },
  { name: "JSON lines", extension: "jsonl", type: "application/x-ndjson", write: jsonl },
] as const

type ExportMenuProps = { resource: Resource; noun: string; parameters: Parameters; total: Total | null }

export default function ExportMenu({ resource, noun, parameters, total }: ExportMenuProps) {
  const [read, setRead] = useState<number | null>(null)
  const [result, setResult] = useState("")
  const running = useRef<AbortController>(undefined)
  const cancel = (): void => running.current?.abort()
  const save = async (format: (typeof formats)[number]): Promise<void> => {
    const controller = (running.current = new AbortController())
    setResult("")
    setRead(0)
    try {
      const { items, more } = await allRows(resource, parameters, MOST_ROWS, controller.signal, setRead)
      download(format.write(items as Row[]), `${resource}.${format.extension}`, format.type)
      const saved = plural(items.length, noun)
      setResult(more ? `Saved the first ${saved}. Narrow the filter to export the rest.` : `Saved ${saved}.`)
    } catch (error) {
      setResult(controller.signal.aborted ? "" : error instanceof Error ? error.message : String(error))
    } finally {
      setRead(null)
    }
  }
  return (
    <Popover label="Export" icon={Download} className="flex flex-col gap-2 p-3" onClose={cancel}>
      <PopoverTitle className="font-semibold">
        Export {total ? `${approximate(total)} ${total.value === 1 ? noun : `${noun}s`}` : `the ${noun}s`}
      </PopoverTitle>
      <p className="text-small text-secondary">Uses this list&apos;s filter and order, and includes every column.</p>
      {read === null ? (
        <span className="flex gap-2">
          {formats.map((format) => (
            <button key={format.name} type="button" className={control} onClick={() => void save(format)}>
              {format.name}
            </button>
          ))}
        </span>
      ) : (
        <span className="flex items-center gap-3 text-small">
          <span role="status" className="text-secondary">
            {count(read)}
            {total ? ` of ${approximate(total)}` : ""} read…
          </span>
          <button type="button" className={control} onClick={cancel}>
            Cancel
          </button>
        </span>
      )}
      {result && (
        <p role="status" className="text-small">
          {result}
        </p>
      )}
    </Popover>
  )
}

function download(text: string, name: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }))
  const anchor = document.createElement("a")
  anchor.href = address
  anchor.download = name
  anchor.click()
  // The browser reads the address after the click.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

/** How to send the first call: a program that runs as it is, and a page that fills when its data arrives. */
import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { meQuery } from "../../api/queries"
import { join } from "../../components/classes"
import { Copy } from "../../components/Copy"
import { languages, programs, type Language } from "./programs"

export function Connect({ waiting }: { waiting: boolean }) {
  const me = useQuery(meQuery)
  const url = me.data?.ingest_url ?? location.origin
  return (
    <div className="scroll-thin min-h-0 flex-1 overflow-auto">
      <div className="mx-auto flex max-w-[720px] flex-col gap-4 px-4 py-10">
        <h2 className="text-large font-semibold">{waiting ? "No users yet" : "Connect an application"}</h2>
        <p className="text-secondary">
          Run this program as it is, or copy the <code className="rounded-chip bg-inset px-1">baserun</code> lines into
          your application. Every LLM call is then recorded with its session and its user.
        </p>
        <Programs url={url} needsKey={me.data ? !me.data.loopback : false} />
        <p className="text-secondary">
          To send data with OpenTelemetry instead, set{" "}
          <code className="rounded-chip bg-inset px-1 wrap-anywhere">OTEL_EXPORTER_OTLP_ENDPOINT={url}</code>. Nothing
          else is needed.
        </p>
        {waiting && (
          <p role="status" className="flex items-center gap-2 rounded-control bg-raised px-3 py-2 text-secondary">
            <span className="size-2 animate-pulse rounded-full bg-accent" aria-hidden />
            Waiting for the first call…
          </p>
        )}
      </div>
    </div>
  )
}

function Programs({ url, needsKey }: { url: string; needsKey: boolean }) {
  const [language, setLanguage] = useState<Language>("Python")
  const text = programs[language](url, needsKey)
  return (
    <div className="overflow-hidden rounded-card border border-hairline">
      <div className="flex items-center gap-1 border-b border-hairline bg-raised px-2 py-1">
        <div role="tablist" aria-label="Language" className="flex">
          {languages.map((one) => (
            <button
              key={one}
              type="button"
              role="tab"
              id={`tab-${one}`}
              aria-controls="program"
              aria-selected={one === language}
              className={join(
                "h-8 rounded-control px-2.5 text-small font-medium",
                one === language ? "bg-selected text-text" : "text-secondary hover:bg-hover",
              )}
              onClick={() => setLanguage(one)}
            >
              {one}
            </button>
          ))}
        </div>
        <span className="ml-auto">
          <Copy text={text} label={`Copy the ${language} program`} words="Copy" />
        </span>
      </div>
      {/* It scrolls, so it must be reachable by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre
        id="program"
        role="tabpanel"
        aria-labelledby={`tab-${language}`}
        tabIndex={0}
        className="scroll-thin overflow-x-auto p-4 font-mono text-small"
      >
        {text}
      </pre>
    </div>
  )
}

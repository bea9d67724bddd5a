/** What somebody sees who has sent nothing yet: a program that works as it stands, and a page that fills by itself. */
import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { meQuery } from "../../api/queries"
import { Copy } from "../../components/Copy"
import { join } from "../../components/classes"

const names = ["Python", "TypeScript", "curl"] as const
type Name = (typeof names)[number]

export function Start({ waiting }: { waiting: boolean }) {
  const me = useQuery(meQuery)
  const [name, setName] = useState<Name>("Python")
  const url = me.data?.ingest_url ?? location.origin
  const needsKey = me.data ? !me.data.loopback : false
  const text = snippets[name](url, needsKey)
  return (
    <div className="scroll-thin min-h-0 flex-1 overflow-auto">
      <div className="mx-auto flex max-w-[720px] flex-col gap-4 px-4 py-10">
        <h2 className="text-large font-semibold">{waiting ? "No user has been seen yet" : "Connect an application"}</h2>
        <p className="text-secondary">
          Run this as it stands, or put the <code className="rounded-chip bg-inset px-1">baserun</code> lines into your
          own application. Each of its calls to a model then belongs to a session, and to the person who had it.
        </p>
        <div className="overflow-hidden rounded-card border border-hairline">
          <div className="flex items-center gap-1 border-b border-hairline bg-raised px-2 py-1">
            <div role="tablist" aria-label="Language" className="flex">
              {names.map((one) => (
                <button
                  key={one}
                  type="button"
                  role="tab"
                  id={`tab-${one}`}
                  aria-controls="snippet"
                  aria-selected={one === name}
                  className={join(
                    "h-8 rounded-control px-2.5 text-small font-medium",
                    one === name ? "bg-selected text-text" : "text-secondary hover:bg-hover",
                  )}
                  onClick={() => setName(one)}
                >
                  {one}
                </button>
              ))}
            </div>
            <span className="ml-auto">
              <Copy text={text} label={`Copy the ${name} program`} words="Copy" />
            </span>
          </div>
          {/* A long line must be reachable by keyboard to be scrolled. */}
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <pre
            id="snippet"
            role="tabpanel"
            aria-labelledby={`tab-${name}`}
            tabIndex={0}
            className="scroll-thin overflow-x-auto p-4 font-mono text-small"
          >
            {text}
          </pre>
        </div>
        <p className="text-secondary">
          Anything that speaks OpenTelemetry arrives too: set{" "}
          <code className="rounded-chip bg-inset px-1 wrap-anywhere">OTEL_EXPORTER_OTLP_ENDPOINT={url}</code> and
          nothing else.
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

const snippets: Record<Name, (url: string, key: boolean) => string> = {
  Python: (url, key) => `# pip install baserun openai
import os

import baserun
from openai import OpenAI

os.environ.setdefault("BASERUN_URL", "${url}")
${key ? 'baserun.api_key = os.environ["BASERUN_API_KEY"]\n' : ""}baserun.init()

client = OpenAI()
with baserun.with_session(user_identifier="ada") as session:
    answer = client.chat.completions.create(
        model="gpt-4.1-mini",
        messages=[{"role": "user", "content": "Where is my order?"}],
    )
    print(answer.choices[0].message.content, session.id)
`,
  TypeScript: (url, key) => `// npm install baserun openai
import { baserun } from "baserun";
import OpenAI from "openai";

process.env.BASERUN_URL ??= "${url}";
${key ? "// BASERUN_API_KEY is read from the environment.\n" : ""}await baserun.init();

const client = new OpenAI();
const { data, sessionId } = await baserun.session(
  () =>
    client.chat.completions.create({
      model: "gpt-4.1-mini",
      messages: [{ role: "user", content: "Where is my order?" }],
    }),
  { user: "ada" },
);
console.log(data.choices[0].message.content, sessionId);
`,
  curl: (url, key) => `now=$(date +%s)
curl ${url}/v1/traces -H 'content-type: application/json' ${key ? '-H "authorization: Bearer $BASERUN_API_KEY" ' : ""}-d '{
  "resourceSpans": [{"scopeSpans": [{"spans": [{
    "traceId": "'$(openssl rand -hex 16)'", "spanId": "'$(openssl rand -hex 8)'",
    "name": "chat gpt-4.1-mini", "kind": 3,
    "startTimeUnixNano": "'$now'000000000", "endTimeUnixNano": "'$now'900000000",
    "attributes": [
      {"key": "session.id", "value": {"stringValue": "first-session"}},
      {"key": "user.id", "value": {"stringValue": "ada"}},
      {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
      {"key": "gen_ai.request.model", "value": {"stringValue": "gpt-4.1-mini"}},
      {"key": "gen_ai.input.messages", "value": {"stringValue":
        "[{\\"role\\":\\"user\\",\\"parts\\":[{\\"type\\":\\"text\\",\\"content\\":\\"Where is my order?\\"}]}]"}},
      {"key": "gen_ai.output.messages", "value": {"stringValue":
        "[{\\"role\\":\\"assistant\\",\\"parts\\":[{\\"type\\":\\"text\\",\\"content\\":\\"It ships today.\\"}]}]"}}
    ]}]}]}]}'
`,
}

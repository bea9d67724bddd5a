/** Server-sent events, as providers write them. */

import type { Loose, ServerEvent } from "./wires/_reading.js"

/** The events of a text, as far as it goes; the `[DONE]` at the end and an event that was cut in two are left out. */
export function parseEvents(text: string): ServerEvent[] {
  const events: ServerEvent[] = []
  let event: string | undefined
  let data = ""
  const finish = (): void => {
    if (data.startsWith("{") || data.startsWith("[")) {
      try {
        const value = JSON.parse(data) as Loose
        if (!Array.isArray(value)) events.push({ event, data: value })
      } catch {
        // The answer was left in the middle of an event.
      }
    }
    event = undefined
    data = ""
  }
  // Almost all write plain line feeds, and to look for those alone is several times quicker.
  for (const line of text.includes("\r") ? text.split(/\r\n|\n|\r/) : text.split("\n")) {
    if (line === "") finish()
    else if (line.startsWith("data:")) data += (data && "\n") + line.slice(line[5] === " " ? 6 : 5)
    else if (line.startsWith("event:")) event = line.slice(6).trim()
  }
  finish()
  return events
}

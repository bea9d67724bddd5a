/** What an application notes besides its calls: log entries, tags, prompt variables. */

import { guarded } from "../_guard.js"
import { prefixed } from "./_otlp.js"
import { kept, recordAbout, type Target } from "./_target.js"

/** Log something of the application's into the running trace, or into the session where no trace runs. */
export function log(name: string, payload?: object | string, target: Target = {}): void {
  guarded("log", () => recordAbout("baserun.log", { "baserun.log.name": String(name) }, target, kept(payload)))
}

/** Put a tag on the running trace, or on what `target` names. */
export function tag(
  key: string,
  value?: unknown,
  options: Target & { metadata?: Readonly<Record<string, unknown>> } = {},
): void {
  guarded("tag", () => {
    const attributes = {
      "baserun.tag.key": String(key),
      "baserun.tag.value": value === undefined ? undefined : (JSON.stringify(value) ?? String(value)),
      ...prefixed("baserun.metadata.", options.metadata),
    }
    recordAbout("baserun.tag", attributes, options)
  })
}

/** What went into a prompt, by name. */
export interface InputVariable {
  key: string
  value: unknown
  label?: string | undefined
  testCaseId?: string | undefined
  template?: string | undefined
  templateId?: string | undefined
}

/** Record a variable of a prompt in the running trace. */
export async function submitInputVariable(variable: InputVariable): Promise<void> {
  guarded("submitInputVariable", () => {
    const { key, value, ...others } = variable
    const attributes = {
      "baserun.variable.key": String(key),
      "baserun.variable.value": JSON.stringify(value) ?? String(value),
      ...prefixed("baserun.metadata.", others),
    }
    recordAbout("baserun.variable", attributes, {})
  })
}

/** The shapes of the API by short names; `schema.d.ts` is made from `/openapi.json` by `npm run types`. */
import type { components } from './schema'

type Schemas = components['schemas']

export type User = Schemas['User']
export type Session = Schemas['Session']
export type SessionDetail = Schemas['SessionDetail']
export type TraceRow = Schemas['TraceRow']
export type LightTrace = Schemas['LightTrace']
export type LightSpans = Schemas['LightSpans']
export type TurnPage = Schemas['TurnPage']
export type JourneyEntry = Schemas['JourneyEntry']
export type Found = Schemas['Found']
export type FieldInfo = Schemas['FieldInfo']
export type Span = Schemas['Span']
export type Turn = Schemas['Turn']
export type TurnMark = Schemas['TurnMark']
export type TurnMessage = Schemas['TurnMessage']
export type Message = Schemas['Message']
export type Part = Schemas['Part']
export type ToolUse = Schemas['ToolUse']
export type TurnError = Schemas['TurnError']
export type Score = Schemas['Score']
export type LogEntry = Schemas['LogEntry']
export type Usage = Schemas['Usage']
export type Total = Schemas['Total']
export type Resolution = Schemas['Resolution']
export type Me = Schemas['Me']
export type Metrics = Schemas['Metrics']
/** Places of words in a session. */
export type SessionFound = { items: { n: number; trace_id: string; span_id: string; role: 'user' | 'assistant'; snippet: string; start: number; length: number }[]; turns: number; more: boolean }
export type ErasurePlan = Schemas['ErasurePlan']
export type Erasure = Schemas['Erasure']
export type Fault = Schemas['Fault']
export type Page<Row> = { items: Row[]; total: Total | null; next_cursor: string | null }

import type { Span } from "../../../api/types"
import { Json } from "../../../components/text/Json"
import { Visible } from "../../../components/text/Visible"
import { asText } from "../../../format/text"
import { Block, Facts } from "./Facts"

/** The request: provider, models, parameters, tools and metadata. */
export function Parameters({ span }: { span: Span }) {
  const parameters = Object.entries(span.parameters).map(([name, value]) => [
    name,
    <Visible key={name} text={asText(value, 0)} />,
  ])
  return (
    <div className="flex flex-col gap-4">
      <Facts
        rows={{
          Provider: span.provider,
          "Requested model": span.model_requested,
          "Response model": span.model,
          "Response id": span.response_id,
          Streamed: span.streaming ? "yes" : "no",
          "Finish reasons": span.finish_reasons.join(", "),
          ...Object.fromEntries(parameters),
        }}
      />
      {span.tool_definitions.length > 0 && (
        <Block title={`Available tools (${span.tool_definitions.length})`}>
          <Json value={span.tool_definitions} label="available tools" open={1} />
        </Block>
      )}
      {Object.keys(span.metadata).length > 0 && (
        <Block title="Metadata">
          <Json value={span.metadata} label="metadata" />
        </Block>
      )}
    </div>
  )
}

// @arizeai/openinference-instrumentation-openai, as its README says, with the batch processor.
import { OpenAIInstrumentation } from "@arizeai/openinference-instrumentation-openai"
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto"
import { BatchSpanProcessor } from "@opentelemetry/sdk-trace-base"
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node"

export async function start({ url, OpenAI }) {
  const processor = new BatchSpanProcessor(new OTLPTraceExporter({ url: `${url}/v1/traces` }))
  const provider = new NodeTracerProvider({ spanProcessors: [processor] })
  provider.register()
  const instrumentation = new OpenAIInstrumentation()
  instrumentation.setTracerProvider(provider)
  instrumentation.manuallyInstrument(OpenAI)
  return { client: (client) => client, flush: () => processor.forceFlush() }
}

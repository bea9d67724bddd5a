// @langfuse/openai, as its README says.
import { observeOpenAI } from "@langfuse/openai"
import { LangfuseSpanProcessor } from "@langfuse/otel"
import { NodeSDK } from "@opentelemetry/sdk-node"

export async function start({ url }) {
  const processor = new LangfuseSpanProcessor({ publicKey: "pk", secretKey: "sk", baseUrl: url })
  new NodeSDK({ spanProcessors: [processor] }).start()
  return { client: (client) => observeOpenAI(client), flush: () => processor.forceFlush() }
}

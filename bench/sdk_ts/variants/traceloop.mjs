// @traceloop/node-server-sdk, as its README says.
import * as traceloop from "@traceloop/node-server-sdk"

export async function start({ url, OpenAI }) {
  traceloop.initialize({
    baseUrl: url,
    apiKey: "test",
    appName: "bench",
    disableBatch: false,
    silenceInitializationMessage: true,
    instrumentModules: { openAI: OpenAI },
  })
  return { client: (client) => client, flush: () => traceloop.forceFlush() }
}

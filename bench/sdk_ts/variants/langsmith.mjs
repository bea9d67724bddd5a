// langsmith's wrapper, as its README says.
import { Client } from "langsmith"
import { wrapOpenAI } from "langsmith/wrappers"

export async function start({ url }) {
  process.env.LANGSMITH_TRACING = "true"
  const sender = new Client({ apiUrl: url, apiKey: "test" })
  return { client: (client) => wrapOpenAI(client, { client: sender }), flush: () => sender.awaitPendingTraceBatches() }
}

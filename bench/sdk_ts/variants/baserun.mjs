// Ours, as its README says.
import { baserun } from "baserun"

export async function start({ url }) {
  await baserun.init({ url, instrument: ["openai"] })
  return { client: (client) => client, flush: () => baserun.flush() }
}

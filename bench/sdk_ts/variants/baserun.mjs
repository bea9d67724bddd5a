// Ours, as its README says. Where the server is in trouble nobody waits long for what cannot arrive.
import { baserun } from "baserun"

export async function start({ url }) {
  await baserun.init({ url, instrument: ["openai"], quiet: true })
  return { client: (client) => client, flush: () => baserun.flush({ timeout: process.env.IN_TROUBLE ? 100 : 5_000 }) }
}

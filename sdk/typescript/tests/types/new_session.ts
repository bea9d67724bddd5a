import { baserun } from "baserun"
import { createHash } from "crypto"

async function main() {
  await baserun.init()
  const { data, sessionId } = await baserun.session(
    async function () {
      // Add business logic including traces in here
    },
    {
      user: createHash("sha256").update("user@example.com").digest("hex"),
    },
  )

  // Store session ID to be continued later
  console.log({ data, sessionId })
}

main()

declare const YOUR_PREVIOUSLY_SAVED_SESSION_ID: string
import { baserun } from "baserun"
import { createHash } from "crypto"
import OpenAI from "openai"

const openai = new OpenAI()

async function main() {
  await baserun.init()
  const { data, sessionId } = await baserun.session(
    async function () {
      return openai.chat.completions.create({
        messages: [
          {
            role: "user",
            content: `Say "this is a test"`,
          },
        ],
        model: "gpt-3.5-turbo",
      })
    },
    {
      sessionId: YOUR_PREVIOUSLY_SAVED_SESSION_ID,
      user: createHash("sha256").update("user@example.com").digest("hex"),
    },
  )

  console.log({ data, sessionId })
}

main()

import OpenAI from "openai"
import { createHash } from "crypto"

const openai = new OpenAI()

async function ask_question(question: string) {
  return openai.chat.completions.create({
    messages: [{ role: "user", content: question }],
    user: createHash("sha256").update("user@example.com").digest("hex"),
    model: "gpt-3.5-turbo",
  })
}

export { ask_question }

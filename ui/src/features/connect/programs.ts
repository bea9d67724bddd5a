export const languages = ["Python", "TypeScript", "curl"] as const
export type Language = (typeof languages)[number]

type Program = (url: string, needsKey: boolean) => string

const bearer = '-H "authorization: Bearer $BASERUN_API_KEY" '

/** Programs that send a first call to the server at `url`, and run as they are. */
export const programs: Record<Language, Program> = {
  Python: (url, needsKey) => `# pip install baserun openai
import os

import baserun
from openai import OpenAI

os.environ.setdefault("BASERUN_URL", "${url}")
${needsKey ? 'baserun.api_key = os.environ["BASERUN_API_KEY"]\n' : ""}baserun.init()

client = OpenAI()
with baserun.with_session(user_identifier="ada") as session:
    answer = client.chat.completions.create(
        model="gpt-4.1-mini",
        messages=[{"role": "user", "content": "Where is my order?"}],
    )
    print(answer.choices[0].message.content, session.id)
`,
  TypeScript: (url, needsKey) => `// npm install baserun openai
import { baserun } from "baserun";
import OpenAI from "openai";

process.env.BASERUN_URL ??= "${url}";
${needsKey ? "// BASERUN_API_KEY is read from the environment.\n" : ""}await baserun.init();

const client = new OpenAI();
const { data, sessionId } = await baserun.session(
  () =>
    client.chat.completions.create({
      model: "gpt-4.1-mini",
      messages: [{ role: "user", content: "Where is my order?" }],
    }),
  { user: "ada" },
);
console.log(data.choices[0].message.content, sessionId);
`,
  curl: (url, needsKey) => `now=$(date +%s)
curl ${url}/v1/traces -H 'content-type: application/json' ${needsKey ? bearer : ""}-d '{
  "resourceSpans": [{"scopeSpans": [{"spans": [{
    "traceId": "'$(openssl rand -hex 16)'", "spanId": "'$(openssl rand -hex 8)'",
    "name": "chat gpt-4.1-mini", "kind": 3,
    "startTimeUnixNano": "'$now'000000000", "endTimeUnixNano": "'$now'900000000",
    "attributes": [
      {"key": "session.id", "value": {"stringValue": "first-session"}},
      {"key": "user.id", "value": {"stringValue": "ada"}},
      {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
      {"key": "gen_ai.request.model", "value": {"stringValue": "gpt-4.1-mini"}},
      {"key": "gen_ai.input.messages", "value": {"stringValue":
        "[{\\"role\\":\\"user\\",\\"parts\\":[{\\"type\\":\\"text\\",\\"content\\":\\"Where is my order?\\"}]}]"}},
      {"key": "gen_ai.output.messages", "value": {"stringValue":
        "[{\\"role\\":\\"assistant\\",\\"parts\\":[{\\"type\\":\\"text\\",\\"content\\":\\"It ships today.\\"}]}]"}}
    ]}]}]}]}'
`,
}

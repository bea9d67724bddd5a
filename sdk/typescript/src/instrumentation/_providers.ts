/** Who is behind an address: the provider by its host, else by the library that was told to go there. */

/** What an address tells. */
export interface Address {
  host: string
  /** Only where it is not the usual one. */
  port: number | undefined
  /** By the host; `undefined` where it says nothing. */
  provider: string | undefined
  isLocal: boolean
}

/** Providers by the end of their host name. */
const PROVIDERS: readonly (readonly [string, string])[] = [
  ["api.openai.com", "openai"],
  ["api.anthropic.com", "anthropic"],
  ["openai.azure.com", "azure.ai.openai"],
  ["cognitiveservices.azure.com", "azure.ai.openai"],
  ["services.ai.azure.com", "azure.ai.inference"],
  ["models.ai.azure.com", "azure.ai.inference"],
  ["generativelanguage.googleapis.com", "gcp.gemini"],
  ["aiplatform.googleapis.com", "gcp.vertex_ai"],
  ["amazonaws.com", "aws.bedrock"],
  ["api.mistral.ai", "mistral_ai"],
  ["api.groq.com", "groq"],
  ["api.deepseek.com", "deepseek"],
  ["api.x.ai", "x_ai"],
  ["api.perplexity.ai", "perplexity"],
  ["api.cohere.com", "cohere"],
  ["api.cohere.ai", "cohere"],
  ["api.together.xyz", "together_ai"],
  ["api.fireworks.ai", "fireworks_ai"],
  ["openrouter.ai", "openrouter"],
  ["api.moonshot.ai", "moonshot_ai"],
  ["api.moonshot.cn", "moonshot_ai"],
]

/** What a library speaks to when the host says nothing: one on this machine, a gateway of the company. */
const LIBRARIES: Readonly<Record<string, string>> = {
  openai: "openai",
  anthropic: "anthropic",
  google: "gcp.gemini",
  mistral: "mistral_ai",
}

const OLLAMA_PORT = 11434
const MOST_KNOWN = 100
const known = new Map<string, Address>()

/** Read an address. An application has few, and to take a URL apart costs more than all else that we do with it. */
export function addressOf(url: string): Address {
  const origin = url.slice(0, startOfPath(url))
  let address = known.get(origin)
  if (address) return address
  address = readOrigin(origin)
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(origin, address)
  return address
}

/** The path of an address, without its query. */
export function pathOf(url: string): string {
  const start = startOfPath(url)
  const query = url.indexOf("?", start)
  return url.slice(start, query < 0 ? undefined : query) || "/"
}

/** Name of the provider (contract/README.md, rule 12). */
export function providerOf({ host, port, provider, isLocal }: Address, library: string): string {
  if (provider) return provider
  if (isLocal && port === OLLAMA_PORT) return "ollama"
  const fallback = LIBRARIES[library]
  // The protocol of OpenAI is spoken by many: elsewhere than on this machine its host is the better name.
  return fallback && (isLocal || fallback !== "openai") ? fallback : host
}

function startOfPath(url: string): number {
  const start = url.indexOf("/", url.indexOf("://") + 3)
  return start < 0 ? url.length : start
}

function readOrigin(origin: string): Address {
  if (!URL.canParse(origin)) return { host: "", port: undefined, provider: undefined, isLocal: false }
  const { hostname: host, port } = new URL(origin)
  const found = PROVIDERS.find(
    ([ending]) => host === ending || host.endsWith(`.${ending}`) || host.endsWith(`-${ending}`),
  )
  const isLocal = host === "localhost" || host.startsWith("127.") || host === "[::1]"
  return { host, port: port ? Number(port) : undefined, provider: found?.[1], isLocal }
}

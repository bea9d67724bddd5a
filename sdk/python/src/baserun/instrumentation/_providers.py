"""Who a host is: the conventions' name for a provider."""

from __future__ import annotations

PROVIDERS: tuple[tuple[str, str], ...] = (
    ("api.openai.com", "openai"),
    (".openai.com", "openai"),
    (".openai.azure.com", "azure.ai.openai"),
    (".cognitiveservices.azure.com", "azure.ai.openai"),
    (".services.ai.azure.com", "azure.ai.inference"),
    (".models.ai.azure.com", "azure.ai.inference"),
    ("api.anthropic.com", "anthropic"),
    (".anthropic.com", "anthropic"),
    ("generativelanguage.googleapis.com", "gcp.gemini"),
    ("aiplatform.googleapis.com", "gcp.vertex_ai"),
    ("api.mistral.ai", "mistral_ai"),
    (".mistral.ai", "mistral_ai"),
    ("api.cohere.com", "cohere"),
    ("api.cohere.ai", "cohere"),
    (".cohere.com", "cohere"),
    ("api.groq.com", "groq"),
    ("api.deepseek.com", "deepseek"),
    ("api.x.ai", "x_ai"),
    (".perplexity.ai", "perplexity"),
    ("api.moonshot.ai", "moonshot_ai"),
    ("api.moonshot.cn", "moonshot_ai"),
    (".together.xyz", "together_ai"),
    (".together.ai", "together_ai"),
    (".fireworks.ai", "fireworks_ai"),
    ("openrouter.ai", "openrouter"),
    (".cerebras.ai", "cerebras"),
    (".ml.cloud.ibm.com", "ibm.watsonx.ai"),
)

_LOOPBACK = ("localhost", "127.", "::1", "0.0.0.0")  # noqa: S104


def provider_of(host: str, port: int | None, default: str) -> str:
    """Return the provider of a host.

    An unknown host is its own name, for it speaks somebody else's protocol. This machine says nothing about who
    answers, so there it is whoever's protocol is spoken; only Ollama is known by its port.
    """
    host = host.lower()
    for suffix, provider in PROVIDERS:
        if host == suffix or (suffix.startswith(".") and host.endswith(suffix)):
            return provider
    if host.endswith("-aiplatform.googleapis.com"):
        return "gcp.vertex_ai"
    if host.startswith("bedrock-runtime.") or ".bedrock-runtime." in host:
        return "aws.bedrock"
    if port == 11434:
        return "ollama"
    if not host or host.startswith(_LOOPBACK):
        return default
    return host

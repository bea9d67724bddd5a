"""Automatic recording: which libraries are watched, and how. `init()` goes through the list once."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from typing import Any

from baserun.context import _propagation
from baserun.instrumentation._imports import Install, no_longer, when_imported
from baserun.instrumentation.libraries import aiobotocore, aiohttp, botocore, generated, httpx, litellm, mcp


def _framework(module_name: str, name: str) -> Install:
    """Return what instruments a framework; OpenTelemetry is imported only when the framework is."""

    def install(module: Any) -> None:
        if find_spec("openinference") is not None:
            from baserun.instrumentation.libraries.frameworks import with_instrumentation

            with_instrumentation(module_name, f"{name}Instrumentor")(module)

    return install


def _pydantic_ai(module: Any) -> None:
    if find_spec("opentelemetry") is not None:
        from baserun.instrumentation.libraries.frameworks import pydantic_ai

        pydantic_ai(module)


_LANGCHAIN = _framework("openinference.instrumentation.langchain", "LangChain")

LIBRARIES: tuple[tuple[str, str, Install], ...] = (
    ("httpx", "httpx", httpx.install),
    ("httpx", "httpx2", httpx.install),
    ("httpx", "aiohttp.client", aiohttp.install),
    ("httpx", "aiohttp.client", _propagation.install_aiohttp),
    ("httpx", "requests.sessions", _propagation.install_requests),
    ("openai", "openai._base_client", generated.generated("openai")),
    ("anthropic", "anthropic._base_client", generated.generated("anthropic")),
    ("groq", "groq._base_client", generated.generated("groq")),
    ("together", "together._base_client", generated.generated("together")),
    ("cerebras", "cerebras.cloud.sdk._base_client", generated.generated("cerebras")),
    ("google-genai", "google.genai._api_client", generated.google),
    ("mistralai", "mistralai.client.basesdk", generated.mistral),
    ("mistralai", "mistralai.basesdk", generated.mistral),
    ("cohere", "cohere.core.http_client", generated.cohere),
    ("boto3", "botocore.client", botocore.install),
    ("boto3", "aiobotocore.client", aiobotocore.install),
    ("litellm", "litellm", litellm.install),
    ("ollama", "ollama._client", generated.by_transport),
    # Not sooner: the instrumentation imports what these modules have imported by then.
    ("langchain", "langchain_core.language_models.chat_models", _LANGCHAIN),
    ("langchain", "langgraph.pregel", _LANGCHAIN),
    ("llama-index", "llama_index.core", _framework("openinference.instrumentation.llama_index", "LlamaIndex")),
    ("openai-agents", "agents", _framework("openinference.instrumentation.openai_agents", "OpenAIAgents")),
    ("crewai", "crewai", _framework("openinference.instrumentation.crewai", "CrewAI")),
    ("haystack", "haystack", _framework("openinference.instrumentation.haystack", "Haystack")),
    ("dspy", "dspy", _framework("openinference.instrumentation.dspy", "DSPy")),
    ("mcp", "mcp.client.session", mcp.client),
    ("mcp", "mcp.server._otel", mcp.server),
    ("mcp", "mcp.server.lowlevel.server", mcp.older_server),
    ("pydantic-ai", "pydantic_ai", _pydantic_ai),
)
"""The name under which `init(instrument=[…])` asks for it, the module to wait for, and what to do with it."""

installed: set[str] = set()
"""Modules that are watched, or will be once they are imported."""


_done: set[tuple[str, str, Install]] = set()


def install(only: Iterable[str] | None = None) -> None:
    """Watch the libraries: those already imported now, the others when they are."""
    chosen = None if only is None else {*only, "httpx"}
    for library, module_name, install_module in LIBRARIES:
        if (library, module_name, install_module) not in _done and (chosen is None or library in chosen):
            _done.add((library, module_name, install_module))
            installed.add(module_name)
            when_imported(module_name, install_module)


def library_names() -> list[str]:
    """Return the names that `init(instrument=[…])` understands."""
    return sorted({library for library, _, _ in LIBRARIES} - {"httpx"})


__all__ = ["install", "installed", "library_names", "no_longer"]

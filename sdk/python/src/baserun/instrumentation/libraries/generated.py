"""The request methods of clients, as frames around their attempts.

The clients made by one generator (OpenAI, Anthropic, Groq, Together, Cerebras, …) all have the same base client; others
name the method that retries.
"""

from __future__ import annotations

from typing import Any

from baserun.instrumentation._calls import around, around_async
from baserun.instrumentation._imports import Install

MARK = "_baserun_wrapped"


def generated(library: str) -> Install:
    """Return what wraps the base clients of a library's `_base_client` module."""

    def install(module: Any) -> None:
        for base_client, wrap in ((module.SyncAPIClient, around), (module.AsyncAPIClient, around_async)):
            if not hasattr(base_client.request, MARK):
                wrapped = wrap(base_client.request, library)
                setattr(wrapped, MARK, True)
                base_client.request = wrapped

    return install


def _methods(library: str, *methods: tuple[str, str, bool]) -> Install:
    """Return what wraps other clients' request methods, each given as class, method, and whether it is a coroutine."""

    def install(module: Any) -> None:
        for class_name, method_name, is_async in methods:
            owner = getattr(module, class_name, None)
            method = getattr(owner, method_name, None)
            if method is not None and not hasattr(method, MARK):
                wrapped = (around_async if is_async else around)(method, library)
                setattr(wrapped, MARK, True)
                setattr(owner, method_name, wrapped)

    return install


google = _methods(
    "google-genai",
    ("BaseApiClient", "_request", False),
    ("BaseApiClient", "_async_request", True),
)
mistral = _methods("mistralai", ("BaseSDK", "do_request", False), ("BaseSDK", "do_request_async", True))
cohere = _methods("cohere", ("HttpClient", "request", False), ("AsyncHttpClient", "request", True))


def by_transport(_: Any) -> None:
    """Do nothing: the client never retries, so each of its requests is a call."""

"""The clients made by one generator (OpenAI, Anthropic, Groq, Together, Cerebras, …): all have the same base client."""

from __future__ import annotations

from typing import Any

from baserun.instrumentation._calls import around, around_async
from baserun.instrumentation._imports import Install

MARK = "_baserun_wrapped"


def installer(library: str) -> Install:
    """Return what wraps the base clients of a library's `_base_client` module."""

    def install(module: Any) -> None:
        for base_client, wrap in ((module.SyncAPIClient, around), (module.AsyncAPIClient, around_async)):
            if not hasattr(base_client.request, MARK):
                wrapped = wrap(base_client.request, library)
                setattr(wrapped, MARK, True)
                base_client.request = wrapped

    return install

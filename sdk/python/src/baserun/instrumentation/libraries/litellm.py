"""LiteLLM: its calls go out through clients that we watch; here is only taken what it knows of session and user."""

from __future__ import annotations

import functools
import inspect
from typing import Any

from baserun._guard import guarded
from baserun.instrumentation._calls import Told, told

FUNCTIONS = ("completion", "acompletion", "text_completion", "atext_completion", "embedding", "aembedding", "responses")
MARK = "_baserun_wrapped"


def install(module: Any) -> None:
    """Watch LiteLLM's functions."""
    for name in (*FUNCTIONS, "aresponses"):
        original = getattr(module, name, None)
        if original is not None and not hasattr(original, MARK):
            wrapped = _wrapped(original)
            setattr(wrapped, MARK, True)
            setattr(module, name, wrapped)


def _wrapped(original: Any) -> Any:
    if inspect.iscoroutinefunction(original):

        @functools.wraps(original)
        async def call_async(*args: Any, **kwargs: Any) -> Any:
            token = told.set(_read(kwargs))
            try:
                return await original(*args, **kwargs)
            finally:
                told.reset(token)

        return call_async

    @functools.wraps(original)
    def call(*args: Any, **kwargs: Any) -> Any:
        token = told.set(_read(kwargs))
        try:
            return original(*args, **kwargs)
        finally:
            told.reset(token)

    return call


def _read(kwargs: dict[str, Any]) -> Told | None:
    with guarded("litellm"):
        metadata = kwargs.get("metadata") or kwargs.get("litellm_metadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        session = kwargs.get("litellm_session_id") or metadata.get("session_id")
        for field in ("metadata.trace_user_id", "metadata.user_id", "user"):
            user = kwargs.get("user") if field == "user" else metadata.get(field.partition(".")[2])
            if user:
                return Told(session, str(user), field)
        return Told(session) if session else told.get()
    return None

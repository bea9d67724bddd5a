"""Baserun: users, sessions and every LLM call of an application.

The SDK reads these environment variables; an option of `init()` wins over its variable.

| variable | meaning |
| --- | --- |
| `BASERUN_URL` | address of the server; default `http://127.0.0.1:4318` |
| `BASERUN_API_KEY` | key for the server |
| `BASERUN_ENVIRONMENT`, else `ENVIRONMENT` | name of the environment, such as `production` |
| `BASERUN_SPOOL_DIRECTORY` | folder that keeps unsent records on disk |
| `BASERUN_USER_HASH_KEY` | key for `hash_users=True` and `hash_identifier()` |
| `BASERUN_RAISE_UNINITIALIZED` | set to raise `NotInitializedException` instead of a warning when `init()` is missing |
| `OTEL_SERVICE_NAME` | name of the application; default the name of the program |
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from baserun._config import VERSION as __version__
from baserun._init import aflush, flush, init, shutdown
from baserun.context._identity import hash_identifier
from baserun.context._propagation import from_headers, inject
from baserun.context._threads import thread_wrapper
from baserun.errors import BaserunError, InvalidArgument, NotInitializedException
from baserun.older._evals import evals
from baserun.older._names import asubmit_user, finish, submit_input_variable, submit_user
from baserun.older._not_offered import stand_in as _stand_in
from baserun.older._singleton import Baserun
from baserun.recording._annotation import Annotation, annotate
from baserun.recording._checks import check, check_equals, check_includes
from baserun.recording._feedback import feedback
from baserun.recording._notes import Tag, log, tag, variable
from baserun.recording._session import (
    EndUser,
    Session,
    aend_session,
    astart_session,
    current_session,
    end_session,
    start_session,
    with_session,
)
from baserun.recording._trace import Trace, current_trace, start_trace
from baserun.recording._traced import trace
from baserun.recording._users import identify

if TYPE_CHECKING:
    from anthropic import Anthropic, AsyncAnthropic
    from openai import AsyncOpenAI, OpenAI

    from baserun.integrations.opentelemetry import span_processor


api_key: str | None = None
"""The key for the server, where it asks for one; BASERUN_API_KEY otherwise."""

_CLIENTS = {"OpenAI": "openai", "AsyncOpenAI": "openai", "Anthropic": "anthropic", "AsyncAnthropic": "anthropic"}


def __getattr__(name: str) -> Any:
    """Give the providers' clients in their recorded form, importing a provider only when it is asked for."""
    if name in _CLIENTS:
        from baserun.older._client import provider_class

        return provider_class(_CLIENTS[name], name)
    if name == "span_processor":
        from baserun.integrations.opentelemetry import span_processor

        return span_processor
    stand_in = _stand_in(name)
    if stand_in is None:
        raise AttributeError(f"module `baserun` has no attribute `{name}`")
    return stand_in


__all__ = [
    "Annotation",
    "Anthropic",
    "AsyncAnthropic",
    "AsyncOpenAI",
    "Baserun",
    "BaserunError",
    "EndUser",
    "InvalidArgument",
    "NotInitializedException",
    "OpenAI",
    "Session",
    "Tag",
    "Trace",
    "__version__",
    "aend_session",
    "aflush",
    "annotate",
    "api_key",
    "astart_session",
    "asubmit_user",
    "check",
    "check_equals",
    "check_includes",
    "current_session",
    "current_trace",
    "end_session",
    "evals",
    "feedback",
    "finish",
    "flush",
    "from_headers",
    "hash_identifier",
    "identify",
    "init",
    "inject",
    "log",
    "shutdown",
    "span_processor",
    "start_session",
    "start_trace",
    "submit_input_variable",
    "submit_user",
    "tag",
    "thread_wrapper",
    "trace",
    "variable",
    "with_session",
]

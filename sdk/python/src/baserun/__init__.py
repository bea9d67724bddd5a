"""Baserun: users, sessions and every LLM call of an application."""

from __future__ import annotations

from baserun._feedback import feedback
from baserun._identity import hash_identifier
from baserun._init import finish, flush, init, shutdown
from baserun._session import (
    EndUser,
    Session,
    aend_session,
    astart_session,
    end_session,
    start_session,
    with_session,
)
from baserun._trace import Trace, start_trace, trace
from baserun.errors import BaserunError, InvalidArgument, NotInitializedException

__version__ = "3.0.0"

api_key: str | None = None
"""The key for the server, where it asks for one; BASERUN_API_KEY otherwise."""

__all__ = [
    "BaserunError",
    "EndUser",
    "InvalidArgument",
    "NotInitializedException",
    "Session",
    "Trace",
    "aend_session",
    "api_key",
    "astart_session",
    "end_session",
    "feedback",
    "finish",
    "flush",
    "hash_identifier",
    "init",
    "shutdown",
    "start_session",
    "start_trace",
    "trace",
    "with_session",
]

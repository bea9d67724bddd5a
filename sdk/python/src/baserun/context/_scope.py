"""Where the running code stands: its session, its user and its span, as one immutable value that follows the code.

A context variable carries it through coroutines and tasks; `carry()` takes it into threads. Nothing is ever stored in a
place that two requests share, which is why no two of them can be mixed up.
"""

from __future__ import annotations

import os
import random
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from baserun.recording._session import Session
    from baserun.recording._span import RemoteParent, Span
    from baserun.recording._trace import Trace


foreign_spans: list[Callable[[], Span | RemoteParent | None]] = []
"""Each gives the span of somebody else that the code runs in, or None; the first one that has an answer is right.

Empty unless a framework's instrumentation runs, or the application joined its own OpenTelemetry.
"""


def foreign_span() -> Span | RemoteParent | None:
    """Return the span of a framework or of OpenTelemetry that the code runs in, or None."""
    for running in foreign_spans:
        span = running()
        if span is not None:
            return span
    return None


recent_parents: deque[str] = deque(maxlen=256)
"""Spans of other libraries in which a model call was recorded lately: theirs for the same call is not counted again."""


class Scope:
    """What holds for the code that runs now. Never changed after it was made: a new block makes a new one."""

    __slots__ = ("foreign", "session", "session_id", "span", "step", "trace", "user_id")

    def __init__(
        self,
        session_id: str | None = None,
        user_id: str | None = None,
        span: Span | RemoteParent | None = None,
        trace: Span | None = None,
        session: Session | None = None,
        step: Trace | None = None,
    ) -> None:
        self.session_id = session_id
        self.user_id = user_id
        self.span = span
        self.trace = trace
        self.session = session
        self.step = step
        self.foreign = foreign_span() if foreign_spans else None


NOWHERE = Scope()
current: ContextVar[Scope] = ContextVar("baserun_scope", default=NOWHERE)


def parent_of(scope: Scope) -> Span | RemoteParent | None:
    """Return the span to which a new one belongs: the scope's, or one of OpenTelemetry that was begun inside it."""
    if foreign_spans:
        foreign = foreign_span()
        if foreign is not None and (scope.foreign is None or foreign.span_id != scope.foreign.span_id):
            return foreign
    return scope.span


class restored:
    """Put a scope in place for a block; leaving it in another context than it was entered in is no error."""

    __slots__ = ("_before", "scope")

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._before = NOWHERE

    def __enter__(self) -> Scope:
        self._before = current.get()
        current.set(self.scope)
        return self.scope

    def __exit__(self, *_: object) -> None:
        leave(self.scope, self._before)


def leave(scope: Scope, before: Scope) -> None:
    """Go back to the scope before, unless the code has moved elsewhere in between.

    A generator may be finalised in another thread or task: there the variable holds somebody else's scope, which stays.
    """
    if current.get() is scope:
        current.set(before)


# A source of our own: an application that seeds `random` must not make our ids repeat.
_random = random.Random()  # noqa: S311 - ids, not secrets


def new_trace_id() -> str:
    """Make a trace id: 32 hex digits."""
    return "%032x" % (_random.getrandbits(128) or 1)


def new_span_id() -> str:
    """Make a span id: 16 hex digits."""
    return "%016x" % (_random.getrandbits(64) or 1)


def new_uuid() -> str:
    """Make a random UUID (version 4) in its usual spelling."""
    digits = "%032x" % ((_random.getrandbits(128) & ~(0xF << 76) & ~(0x3 << 62)) | (0x4 << 76) | (0x2 << 62))
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_random.seed)

"""Where the running code stands: its session, its user and its span, as one immutable value that follows the code.

A context variable carries it through coroutines and tasks; `carry()` takes it into threads. Nothing is ever stored in a
place that two requests share, which is why no two of them can be mixed up.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from typing import Protocol


class SpanIds(Protocol):
    """Which span of which trace: all that a new span needs to know of the one above it."""

    @property
    def trace_id(self) -> str: ...

    @property
    def span_id(self) -> str: ...


class RemoteParent:
    """A span of another process, or of another library: known by its ids only."""

    __slots__ = ("span_id", "trace_id")

    def __init__(self, trace_id: str, span_id: str) -> None:
        self.trace_id = trace_id
        self.span_id = span_id


class RunningTrace(SpanIds, Protocol):
    """The first span of a trace while it runs: a session that begins inside it is taken on."""

    end_ns: int
    session_id: str | None
    user_id: str | None


class EnteredSession(Protocol):
    """The session object that the application entered: `current_session()` gives it back as it is."""

    id: str
    user_identifier: str | None


foreign_spans: list[Callable[[], SpanIds | None]] = []
"""Each gives the span of somebody else that the code runs in, or None; the first one that has an answer is right.

Empty unless a framework's instrumentation runs, or the application joined its own OpenTelemetry.
"""


def foreign_span() -> SpanIds | None:
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
        span: SpanIds | None = None,
        trace: RunningTrace | None = None,
        session: EnteredSession | None = None,
        step: SpanIds | None = None,
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


def parent_of(scope: Scope) -> SpanIds | None:
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

"""What is recorded: spans and log records, as they wait for our thread to write them down.

A record holds `attributes` (short plain values) apart from `content` (what people said, not yet JSON), so that the
content can be dropped while the structure stays.
"""

from __future__ import annotations

import time
from typing import Any

from baserun.context._ids import new_span_id, new_trace_id, new_uuid
from baserun.context._scope import Scope, parent_of
from baserun.recording import _attributes as names

INTERNAL = 1
CLIENT = 3

UNSET = 0
ERROR = 2

RECORD_OVERHEAD_BYTES = 600
"""About what a span weighs besides its content: the size estimate only keeps the queue within its bound."""


class Span:
    """A timed step. Times are nanoseconds since the epoch, ids lower-case hex."""

    __slots__ = (
        "attributes",
        "content",
        "end_ns",
        "events",
        "kind",
        "name",
        "parent_span_id",
        "session_id",
        "span_id",
        "start_ns",
        "status",
        "status_message",
        "trace_id",
        "user_id",
    )

    signal = "spans"

    def __init__(self, name: str, kind: int, scope: Scope, trace_id: str | None = None) -> None:
        parent = parent_of(scope)
        self.name = name
        self.kind = kind
        if parent is not None and (trace_id is None or trace_id == parent.trace_id):
            self.trace_id = parent.trace_id
            self.parent_span_id: str | None = parent.span_id
        else:
            self.trace_id = trace_id or new_trace_id()
            self.parent_span_id = None
        self.span_id = new_span_id()
        self.session_id = scope.session_id
        self.user_id = scope.user_id
        self.start_ns = time.time_ns()
        self.end_ns = 0
        self.attributes: dict[str, Any] = {}
        self.content: dict[str, Any] = {}
        self.events: list[tuple[int, str, dict[str, Any]]] = []
        self.status = UNSET
        self.status_message = ""

    @property
    def size_bytes(self) -> int:
        """Return about how much memory it holds."""
        return RECORD_OVERHEAD_BYTES + _size(self.content)

    def drop_content(self) -> None:
        """Let go of the content; the structure stays."""
        self.content = {}
        self.attributes[names.CONTENT_DROPPED] = True

    def to_record(self) -> Span:
        """Return what is written on the wire: itself."""
        return self


class LogRecord:
    """Something that is no span: the start of a session, feedback, traits, a log entry."""

    __slots__ = (
        "attributes",
        "body",
        "content",
        "event_name",
        "session_id",
        "span_id",
        "time_ns",
        "trace_id",
        "user_id",
    )

    signal = "logs"

    def __init__(
        self,
        event_name: str,
        attributes: dict[str, Any],
        scope: Scope,
        content: dict[str, Any] | None = None,
        body: Any = None,
        trace_id: str | None = None,
        span_id: str | None = None,
    ) -> None:
        self.event_name = event_name
        self.attributes = attributes
        attributes.setdefault(names.EVENT_ID, new_uuid())
        self.content = content or {}
        self.body = body
        self.session_id = scope.session_id
        self.user_id = scope.user_id
        if trace_id is None and scope.span is not None:
            trace_id, span_id = scope.span.trace_id, scope.span.span_id
        self.trace_id = trace_id
        self.span_id = span_id
        self.time_ns = time.time_ns()

    @property
    def size_bytes(self) -> int:
        """Return about how much memory it holds."""
        return RECORD_OVERHEAD_BYTES + _size(self.content) + _size(self.body)

    def drop_content(self) -> None:
        """Let go of the content; the structure stays."""
        self.content = {}
        self.body = None
        self.attributes[names.CONTENT_DROPPED] = True

    def to_record(self) -> LogRecord:
        """Return what is written on the wire: itself."""
        return self


def _size(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(_size(item) + 32 for item in value.values())
    if isinstance(value, list):
        return sum(_size(item) + 16 for item in value)
    return 16

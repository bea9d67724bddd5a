"""What a request consisted of, in plain values, whatever encoding it came in."""

from typing import Any, Literal

import msgspec

Path = Literal["traces", "logs"]


class SentEvent(msgspec.Struct):
    """An event of a span as sent."""

    name: str
    time_ns: int
    attributes: dict[str, Any]


class SentSpan(msgspec.Struct):
    """A span as sent: ids still as the sender wrote them, times in nanoseconds, 0 where absent."""

    trace_id: str
    span_id: str
    parent_span_id: str
    name: str
    kind: int
    start_ns: int
    end_ns: int
    status_code: int
    status_message: str
    attributes: dict[str, Any]
    events: list[SentEvent]
    resource: dict[str, Any]
    """Shared by all spans of one resource, as `scope` is."""
    scope: dict[str, Any]
    """`name` and `version`, and the scope's own attributes."""


class SentLog(msgspec.Struct):
    """A log record as sent."""

    trace_id: str
    span_id: str
    event_name: str
    time_ns: int
    severity: str
    body: Any
    attributes: dict[str, Any]
    resource: dict[str, Any]
    scope: dict[str, Any]


class Decoded(msgspec.Struct):
    """What a request consisted of."""

    spans: list[SentSpan] = []
    logs: list[SentLog] = []
    mended: bool = False
    """True where text was no valid UTF-8 and stands with U+FFFD now."""
    deep: bool = False
    """True where a value was deeper than `limits.DEPTH` and stands with `bounds.TOO_DEEP` now."""

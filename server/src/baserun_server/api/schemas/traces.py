"""Traces, and whose they are."""

from typing import Any, Literal

from .base import Numbers, Record, SpanStatus, Total
from .scores import Score
from .spans import LightSpans, LogEntry, Span


class Origin(Record):
    """Where an id of a trace came from."""

    value: str
    source: Literal["assigned", "application", "provider", "session"]
    """`assigned`: set through the API; `application`: an attribute of a span; `provider`: the provider's own end-user
    field; `session`: taken over from the trace's session."""
    span_id: str | None
    attribute: str | None


class Resolution(Origin):
    overrode: list[Origin]
    """What was also said, and lost."""


class Identity(Record):
    session: Resolution | None
    user: Resolution | None


class TraceRow(Numbers):
    """A trace without its spans."""

    trace_id: str
    session_id: str | None
    user_id: str | None
    user_name: str | None
    name: str
    started_at: str
    duration_ms: float
    status: SpanStatus
    spans_total: int
    models: list[str]
    tags: list[str]
    environment: str | None
    release: str | None
    input_preview: str | None
    """What the person newly said, at most 200 characters."""
    output_preview: str | None


class Trace(TraceRow):
    identity: Identity
    metadata: dict[str, Any]
    spans: list[Span]
    """By start time; parents first where times are equal. At most the first 1,000: `spans_omitted` says how many more
    there are, `?spans=light` gives all of them, and each has an address of its own."""
    spans_omitted: int
    scores: list[Score]
    logs: list[LogEntry]


class LightTrace(TraceRow):
    """A trace as `?spans=light` gives it."""

    identity: Identity
    metadata: dict[str, Any]
    spans: LightSpans
    scores: list[Score]
    logs: list[LogEntry]


class TracePage(Record):
    items: list[TraceRow]
    total: Total | None
    next_cursor: str | None

"""Spans and log entries, with what was said in them."""

from typing import Any, Literal

from pydantic import ConfigDict

from .base import Record, SpanKind, SpanStatus


class Part(Record):
    """A part of a message, in the form of the GenAI conventions; parts of unknown types are kept as they came."""

    model_config = ConfigDict(extra="allow", use_attribute_docstrings=True)

    type: str
    """`text`, `reasoning`, `tool_call`, `tool_call_response`, `blob`, `uri`, `file`, or the sender's own word."""


class Message(Record):
    model_config = ConfigDict(extra="allow", use_attribute_docstrings=True)

    role: str
    parts: list[Part]
    finish_reason: str | None = None


class Usage(Record):
    input_tokens: int | None
    output_tokens: int | None
    cached_tokens: int | None
    cache_write_tokens: int | None
    reasoning_tokens: int | None


class Tool(Record):
    name: str
    call_id: str | None
    arguments: Any
    result: Any


class SpanEvent(Record):
    name: str
    at: str
    attributes: dict[str, Any]


class Span(Record):
    span_id: str
    parent_span_id: str | None
    kind: SpanKind
    name: str
    started_at: str
    duration_ms: float
    status: SpanStatus
    status_message: str | None
    error_type: str | None
    provider: str | None
    model: str | None
    """The model that answered, else the one asked for."""
    model_requested: str | None
    response_id: str | None
    input_messages: list[Message]
    output_messages: list[Message]
    tool_definitions: list[Any]
    parameters: dict[str, Any]
    """Request parameters (`temperature`, `max_tokens`, …)."""
    input: Any
    """What went into a span that is no LLM call."""
    output: Any
    usage: Usage | None
    cost_usd: float | None
    cost_source: Literal["computed", "reported"] | None
    cost_reported_usd: float | None
    """What the sender said that it cost, whether `cost_usd` is that or not."""
    time_to_first_token_ms: float | None
    streaming: bool
    finish_reasons: list[str]
    session_id: str | None
    user_id: str | None
    provider_user: str | None
    tool: Tool | None
    duplicate_of: str | None
    """The span that already counts for the same call."""
    marks: list[str]
    """What the server mended or noticed: `clock_clamped`, `ended_before_start`, `missing_parent`, `truncated`, …"""
    environment: str | None
    release: str | None
    tags: list[str]
    metadata: dict[str, Any]
    events: list[SpanEvent]
    attributes: dict[str, Any]
    """Everything as sent, resource and scope included under `resource` and `scope`."""


class LogEntry(Record):
    """Something that the application logged inside a trace or a session."""

    name: str
    at: str
    trace_id: str | None
    span_id: str | None
    body: Any


class LightSpans(Record):
    """The spans of a trace as columns of equal length, without content: what a tree and a waterfall need."""

    span_id: list[str]
    parent: list[int | None]
    """Index of the parent in these columns; null for roots and for spans whose parent was never received."""
    orphan: list[int]
    """Indices of the spans that name a parent which was never received."""
    kind: list[SpanKind]
    name: list[int]
    """Index into `names`."""
    names: list[str]
    model: list[int | None]
    """Index into `models`."""
    models: list[str]
    start_us: list[int]
    """Microseconds since the start of the trace; negative where a clock ran behind."""
    duration_us: list[int]
    status: list[SpanStatus]
    cost_usd: list[float | None]
    tokens: list[int | None]
    """Input and output together."""
    duplicate: list[int]
    """Indices of the spans whose call another span already counts for."""

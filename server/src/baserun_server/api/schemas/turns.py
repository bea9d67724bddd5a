"""The turns of a session, and the strip above them."""

from typing import Any

from .base import Record, SpanStatus, Total
from .scores import Score
from .spans import LogEntry, Message, Usage


class ToolUse(Record):
    """A tool call as one fact: what the model asked for and what came back."""

    name: str
    call_id: str | None
    span_id: str | None
    """The tool's own span, or the LLM call that asked, where the tool left no span."""
    arguments: Any
    result: Any
    status: SpanStatus
    status_message: str | None
    at: str | None
    duration_ms: float | None


class TurnError(Record):
    span_id: str
    span_name: str
    type: str | None
    message: str | None
    at: str


class Earlier(Record):
    count: int
    """Messages of the first LLM call of the turn that stood in an earlier turn."""
    rewritten: bool
    """True where they differ from what was said then."""


class SystemPrompt(Record):
    hash: str
    text: str
    changed: bool
    """Differs from the turn before (false in the first)."""


class TurnMessage(Message):
    span_id: str
    """The span that brought the message in or out."""
    at: str
    inner: bool
    """True where it belongs to work behind the scenes (a call made inside a tool or a sub-agent): the person neither
    wrote nor read it."""


class Omitted(Record):
    """What a turn holds beyond what a page shows of it; the trace has the rest."""

    llm_calls: int
    """Calls whose messages were not read: those in the middle of a turn of very many."""
    messages: int
    tools: int
    errors: int


class Turn(Record):
    """A trace of a session, read as a person would."""

    n: int
    """From 1, in order of start time."""
    trace_id: str
    name: str
    user_id: str | None
    started_at: str
    duration_ms: float
    wait_ms: float
    """How long the person waited: start of the trace to its end."""
    think_ms: float | None
    """From the end of the turn before to the start of this one; null in the first."""
    status: SpanStatus
    new_messages: list[TurnMessage]
    """In the order of the conversation; what earlier turns already showed is left out. Of more than 1,000 those in the
    middle are left out too, as of `tools`, and of more than 200 `errors`."""
    earlier: Earlier
    system_prompt: SystemPrompt | None
    tools: list[ToolUse]
    errors: list[TurnError]
    scores: list[Score]
    logs: list[LogEntry]
    llm_calls: int
    models: list[str]
    usage: Usage
    cost_usd: float | None
    time_to_first_token_ms: float | None
    omitted: Omitted


class TurnMark(Record):
    """One bucket of a session's time strip: a turn, or several where a session has more than 2,000."""

    n: int
    """First turn of the bucket."""
    turns: int
    at: str
    wait_ms: float
    model_ms: float
    tool_ms: float
    gap_ms: float
    errors: int
    feedback_up: int
    feedback_down: int


class TurnPage(Record):
    items: list[Turn]
    total: Total
    previous_cursor: str | None
    """Leads to the turns before these."""
    next_cursor: str | None

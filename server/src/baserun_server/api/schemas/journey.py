"""What happened to a user."""

from typing import Literal

from .base import Record, Total


class JourneyEntry(Record):
    """A thing that happened to a user."""

    at: str
    type: Literal["session", "error", "feedback", "release", "model", "gap", "first", "return"]
    session_id: str | None
    trace_id: str | None
    title: str | None
    text_in: str | None
    text_out: str | None
    turns: int | None
    duration_ms: float | None
    wait_ms: float | None
    """How long the person waited, all turns together."""
    cost_usd: float | None
    errors: int | None
    severity: Literal["none", "notice", "warning", "error"]


class JourneyPage(Record):
    items: list[JourneyEntry]
    total: Total | None
    next_cursor: str | None

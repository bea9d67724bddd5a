"""Scores."""

from typing import Any, Literal

from pydantic import Field

from ...limits import ID_CHARACTERS
from .base import Body, Record, Total


class Score(Record):
    score_id: str
    name: str
    value: float | None
    label: str | None
    comment: str | None
    source: Literal["feedback", "check", "evaluation"]
    at: str
    user_id: str | None
    session_id: str | None
    trace_id: str | None
    span_id: str | None
    metadata: dict[str, Any]


class ScorePage(Record):
    items: list[Score]
    total: Total | None
    next_cursor: str | None


class NewScore(Body):
    """A judgement to be kept; one of `trace_id`, `session_id`, `user_id` says on what."""

    name: str = Field(min_length=1, max_length=200)
    value: float | None = None
    """Feedback is 0 … 1."""
    label: str | None = Field(default=None, max_length=200)
    """`up`, `down`, `pass`, `fail`, or a word of one's own."""
    comment: str | None = Field(default=None, max_length=16_384)
    source: Literal["feedback", "check", "evaluation"] = "feedback"
    trace_id: str | None = Field(default=None, pattern="^[0-9a-f]{32}$")
    span_id: str | None = Field(default=None, pattern="^[0-9a-f]{16}$")
    session_id: str | None = Field(default=None, min_length=1, max_length=ID_CHARACTERS)
    user_id: str | None = Field(default=None, min_length=1, max_length=ID_CHARACTERS)
    metadata: dict[str, Any] = Field(default={})
    score_id: str | None = Field(default=None, min_length=1, max_length=200)
    """Give one to make the call repeatable: a score is kept once."""

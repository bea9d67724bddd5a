"""What all shapes are made of: records, bodies, the numbers that add up, and the answer to what went wrong."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ..http.bodies import check_body

SpanKind = Literal["llm", "tool", "retrieval", "agent", "chain", "embedding", "other"]
SpanStatus = Literal["ok", "error", "unset"]
SessionStatus = Literal["active", "idle", "ended"]


class Record(BaseModel):
    """A part of an answer; unknown fields are a programming error."""

    model_config = ConfigDict(
        extra="forbid", use_attribute_docstrings=True, json_schema_serialization_defaults_required=True
    )


class Total(Record):
    value: int
    exact: bool
    """False where counting was cut short; `value` is then a lower bound."""


class Numbers(Record):
    """What adds up: each is a sum of stored numbers over LLM calls that count (`duplicate_of` is null)."""

    traces: int
    llm_calls: int
    input_tokens: int
    """Cached tokens included."""
    output_tokens: int
    """Reasoning tokens included."""
    cached_tokens: int
    reasoning_tokens: int
    cost_usd: float
    """Sum over priced calls; `unpriced_calls` says how many are missing in it."""
    unpriced_calls: int
    errors: int
    """Failing spans, counted where the error happened: the innermost one of a chain."""
    tool_calls: int
    feedback_up: int
    feedback_down: int


class Body(Record):
    """What a caller sends; all of it can be kept and read back."""

    @model_validator(mode="before")
    @classmethod
    def _check(cls, given: Any) -> Any:
        check_body(given)
        return given


class Kept(Record):
    """What was written is on disk, and will be readable within a moment."""

    id: str


class Fault(Record):
    code: str
    """A stable word: `not_found`, `invalid_filter`, `invalid_cursor`, `too_large`, …"""
    message: str
    hint: str | None = None
    field: str | None = None
    position: int | None = None
    """Where in the value, counted from 0 in characters."""


class ErrorAnswer(Record):
    error: Fault = Field()

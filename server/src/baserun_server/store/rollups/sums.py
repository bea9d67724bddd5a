"""What adds up from level to level, and what is gathered: shared by all roll-ups. Pure."""

from collections.abc import Iterable
from typing import Any

import msgspec
import orjson

NUMBERS = (
    "traces",
    "spans_total",
    "llm_calls",
    "input_tokens",
    "output_tokens",
    "cached_tokens",
    "reasoning_tokens",
    "cost_nano_usd",
    "unpriced_calls",
    "errors",
    "tool_calls",
    "feedback_up",
    "feedback_down",
)
"""What adds up from level to level."""

SETS = ("models", "providers", "tags", "environments", "releases")
"""What is gathered from level to level: with what a user's traces were made."""


class Sums(msgspec.Struct, kw_only=True):
    """Numbers that add up, and the histogram of the calls' durations."""

    traces: int = 0
    spans_total: int = 0
    llm_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    cost_nano_usd: int = 0
    unpriced_calls: int = 0
    errors: int = 0
    tool_calls: int = 0
    feedback_up: int = 0
    feedback_down: int = 0
    latency: dict[int, int] = {}

    def add(self, other: "Sums") -> None:
        """Add another part's numbers."""
        for name in NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        latency = dict(self.latency)
        for bucket, calls in other.latency.items():
            latency[bucket] = latency.get(bucket, 0) + calls
        self.latency = latency


class Feedback(msgspec.Struct):
    """Judgements of one trace, session or user."""

    id: str
    up: int
    down: int
    first_us: int = 0
    last_us: int = 0


def texts(text: str) -> dict[str, str]:
    """JSON text of each value of an object that is itself JSON text."""
    if not text:
        return {}
    decoded = orjson.loads(text)
    return {key: orjson.dumps(value).decode() for key, value in decoded.items()} if isinstance(decoded, dict) else {}


def first_of(values: Iterable[Any]) -> Any:
    """The first that is not empty, else the empty string."""
    return next((value for value in values if value), "")

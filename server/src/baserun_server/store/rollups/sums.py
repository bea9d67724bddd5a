"""What adds up from level to level, and what is gathered: shared by all roll-ups. Pure."""

from collections.abc import Iterable
from typing import Annotated, Any, NamedTuple, get_type_hints

import msgspec
import orjson

SETS = ("models", "providers", "tags", "environments", "releases")
"""What is gathered from level to level: with what a user's traces were made."""


class Number(NamedTuple):
    """A number that adds up: the type of its column, what it means, and where it is shown."""

    type: str
    meaning: str = ""
    is_shown: bool = True
    """Whether charts and the numbers of a user, a session or a trace have it."""
    is_feedback: bool = False
    """Whether scores on a session or a user add to it, too; all others come from traces alone."""


class Sums(msgspec.Struct, kw_only=True):
    """The numbers that add up from level to level, and the histogram of the calls' durations.

    This is the one list of them: columns, fragments of SQL (`statements.py`), filter fields and metrics derive from it.
    """

    traces: Annotated[int, Number("UInt64", "traces, in conversations turns")] = 0
    spans_total: Annotated[int, Number("UInt64", "spans", is_shown=False)] = 0
    llm_calls: Annotated[int, Number("UInt64", "LLM calls that count")] = 0
    input_tokens: Annotated[int, Number("Int64", "input tokens, cached ones included")] = 0
    output_tokens: Annotated[int, Number("Int64", "output tokens, reasoning ones included")] = 0
    cached_tokens: Annotated[int, Number("Int64", "input tokens read from the provider's cache")] = 0
    reasoning_tokens: Annotated[int, Number("Int64", "output tokens spent on reasoning")] = 0
    cost_nano_usd: Annotated[int, Number("Int64", "sum of the priced calls' costs")] = 0
    unpriced_calls: Annotated[int, Number("UInt64", "calls whose cost is not known")] = 0
    errors: Annotated[int, Number("UInt64", "failing spans, the innermost of each chain")] = 0
    tool_calls: Annotated[int, Number("UInt64", "tool calls")] = 0
    feedback_up: Annotated[int, Number("UInt64", "thumbs up", is_feedback=True)] = 0
    feedback_down: Annotated[int, Number("UInt64", "thumbs down", is_feedback=True)] = 0
    latency: dict[int, int] = {}

    def add(self, other: "Sums") -> None:
        """Add the numbers of another."""
        for name in NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        latency = dict(self.latency)
        for bucket, calls in other.latency.items():
            latency[bucket] = latency.get(bucket, 0) + calls
        self.latency = latency

    def judge(self, feedback: Iterable["Feedback"]) -> None:
        """Add judgements."""
        for one in feedback:
            self.feedback_up += one.up
            self.feedback_down += one.down


NUMBERS: dict[str, Number] = {
    name: hint.__metadata__[0]
    for name, hint in get_type_hints(Sums, include_extras=True).items()
    if hasattr(hint, "__metadata__")
}
"""The numbers by name, in the order of their columns."""
OF_TRACE = {name: number for name, number in NUMBERS.items() if name != "traces"}
"""Those that a trace has; there is no column for the one that it is itself."""
SHOWN = {name: number for name, number in NUMBERS.items() if number.is_shown}


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

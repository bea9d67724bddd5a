"""The traces of a session, read as a person would: who newly said what, which tools ran, what failed. Pure.

`read_turns` takes traces in order of their start, each with its spans, and gives one `Turn` for each:

1. **What is new.** Each LLM call repeats the conversation so far. Of the first call of a turn, what stands in the calls
   of the turns before is counted and left out (`earlier`), but whatever follows the last answer in it is always new:
   a turn begins with something said, also where it was said before. Of later calls in the turn, what this turn
   already showed is left out too.
2. **Tools are one fact.** What the model asked for and what came back are joined by the call's id: from the tool's own
   span, else from the tool message of a later call, also in the next turn.
3. **Errors stand where they happened**: the innermost failing span of a chain.

A turn depends on the two turns before it and the one after it, and on nothing else, so any page of a session can be
read alone with that context and says the same as the whole. Its work grows with the messages in it, not with their
square, and what is longer than a page can show is cut in the middle (`omitted`).
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import TypeVar

from ...model import Span
from .. import schemas
from ..answers.cutting import LIMIT_BYTES
from ..http.times import format_time
from .new_messages import new_messages, root_messages, show
from .tools import tools_of
from .work import Prints, Reading, Work

TURNS_BEFORE = 2
TURNS_AFTER = 1

MESSAGES_SHOWN = 1_000
TOOLS_SHOWN = 1_000
ERRORS_SHOWN = 200
"""Of one turn, half of them from its beginning and half from its end; longer ones are read in the trace."""

_T = TypeVar("_T")


def read_turns(works: Sequence[Work], first: int = 0, last: int | None = None) -> list[schemas.Turn]:
    """The turns of `works[first:last]`; the works around them are context."""
    prints = Prints()
    readings = [Reading(work, prints) for work in works]
    turns = []
    for index in range(first, len(works) if last is None else last):
        before = readings[max(0, index - TURNS_BEFORE) : index]
        after = readings[index + 1 : index + 1 + TURNS_AFTER]
        turns.append(_read_turn(readings[index], before, after))
    return turns


def _read_turn(reading: Reading, before: Sequence[Reading], after: Sequence[Reading]) -> schemas.Turn:
    work = reading.work
    if reading.calls:
        messages, earlier = new_messages(reading, before)
    else:
        messages, earlier = root_messages(reading), schemas.Earlier(count=0, rewritten=False)
    calls, tools, errors = reading.calls, tools_of(reading, before, after), _errors(reading)
    return schemas.Turn(
        n=work.n,
        trace_id=work.trace_id,
        name=work.name,
        user_id=work.user_id,
        started_at=format_time(work.start_us),
        duration_ms=(work.end_us - work.start_us) / 1_000,
        wait_ms=(work.end_us - work.start_us) / 1_000,
        think_ms=max(0, work.start_us - before[-1].work.end_us) / 1_000 if before else None,
        status=work.status,
        new_messages=[show(*message) for message in _ends(messages, MESSAGES_SHOWN)],
        earlier=earlier,
        system_prompt=_system_prompt(reading, before),
        tools=[make() for make in _ends(tools, TOOLS_SHOWN)],
        errors=[_error(span) for span in _ends(errors, ERRORS_SHOWN)],
        scores=work.scores,
        logs=work.logs,
        llm_calls=len(calls),
        models=list(dict.fromkeys(call.model for call in calls if call.model)),
        usage=_usage(reading.using),
        cost_usd=_sum((span.cost_nano_usd for span in reading.using), unit=1e9),
        time_to_first_token_ms=_first_token_ms(reading),
        omitted=schemas.Omitted(
            llm_calls=work.unread,
            messages=max(0, len(messages) - MESSAGES_SHOWN),
            tools=max(0, len(tools) - TOOLS_SHOWN),
            errors=max(0, len(errors) - ERRORS_SHOWN),
        ),
    )


def _ends(items: Sequence[_T], most: int) -> Sequence[_T]:
    """At most so many of the items, from the beginning and the end."""
    half = most // 2
    return items if len(items) <= most else [*items[:half], *items[-half:]]


def _errors(reading: Reading) -> list[Span]:
    """The innermost failing spans."""
    if reading.work.failures is not None:
        return [span for span in reading.spans if span.span_id in reading.work.failures]
    duplicates = reading.work.duplicates
    failing = [span for span in reading.spans if span.status == "error" and span.span_id not in duplicates]
    above = {span.parent_span_id for span in failing}
    return [span for span in failing if span.span_id not in above]


def _error(span: Span) -> schemas.TurnError:
    return schemas.TurnError(
        span_id=span.span_id,
        span_name=span.name,
        type=span.error_type or None,
        message=span.status_message or None,
        at=format_time(span.end_us),
    )


def _system_prompt(reading: Reading, before: Sequence[Reading]) -> schemas.SystemPrompt | None:
    text = reading.system_text
    if text is None:
        return None
    previous = next((earlier.system_text for earlier in reversed(before) if earlier.system_text is not None), None)
    cut = text.encode()[:LIMIT_BYTES].decode(errors="ignore")
    return schemas.SystemPrompt(hash=_hash(text), text=cut, changed=previous is not None and previous != text)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _usage(calls: Sequence[Span]) -> schemas.Usage:
    return schemas.Usage(
        input_tokens=_sum_int(call.input_tokens for call in calls),
        output_tokens=_sum_int(call.output_tokens for call in calls),
        cached_tokens=_sum_int(call.cached_tokens for call in calls),
        cache_write_tokens=_sum_int(call.cache_write_tokens for call in calls),
        reasoning_tokens=_sum_int(call.reasoning_tokens for call in calls),
    )


def _sum_int(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _sum(values: Iterable[int | None], unit: float) -> float | None:
    total = _sum_int(values)
    return None if total is None else total / unit


def _first_token_ms(reading: Reading) -> float | None:
    """Of the last streamed call that talks to the person: the one that brought the answer."""
    times = [
        call.time_to_first_token_us
        for call in reading.calls
        if call.span_id not in reading.inner and call.time_to_first_token_us is not None
    ]
    return times[-1] / 1_000 if times else None

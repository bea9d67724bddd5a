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
read alone with that context and says the same as the whole.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..model import Span
from . import schemas
from .content import LIMIT_BYTES, cut_message, cut_value, text_of
from .conversation import Thread, best_overlap, print_of
from .times import format_time

TURNS_BEFORE = 2
TURNS_AFTER = 1

_CALLING = ("llm",)
_SYSTEM = ("system", "developer")
_RESULT_ROLES = ("tool", "function")


@dataclass
class Work:
    """A trace with everything that a turn is made from; spans by start time."""

    n: int
    trace_id: str
    name: str
    user_id: str | None
    start_us: int
    end_us: int
    status: schemas.SpanStatus
    spans: list[Span]
    duplicates: frozenset[str] = frozenset()
    """Spans whose call another span already counts for."""
    scores: list[schemas.Score] = field(default_factory=list)
    logs: list[schemas.LogEntry] = field(default_factory=list)


def read_turns(works: Sequence[Work], first: int = 0, last: int | None = None) -> list[schemas.Turn]:
    """The turns of `works[first:last]`; the works around them are context."""
    readings = [_Reading(work) for work in works]
    turns = []
    for index in range(first, len(works) if last is None else last):
        before = readings[max(0, index - TURNS_BEFORE) : index]
        after = readings[index + 1 : index + 1 + TURNS_AFTER]
        turns.append(_read_turn(readings[index], before, after))
    return turns


class _Reading:
    """A trace, taken apart once: its calls, its tools, and the conversation that it leaves behind."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.spans = sorted(work.spans, key=lambda span: (span.start_us, span.end_us, span.span_id))
        parents = {span.span_id: span for span in self.spans}
        self.inner = {span.span_id for span in self.spans if _is_inner(span, parents)}
        counting = [span for span in self.spans if span.span_id not in work.duplicates]
        self.calls = [span for span in counting if span.kind in _CALLING]
        self.tool_spans = [span for span in counting if span.kind == "tool"]
        self.requests = [[m for m in call.input_messages if m.get("role") not in _SYSTEM] for call in self.calls]
        self.prints = [[print_of(message) for message in request] for request in self.requests]
        self.threads: list[Thread] = [
            [*prints, *(print_of(message) for message in call.output_messages)]
            for call, prints in zip(self.calls, self.prints, strict=True)
        ]

    @property
    def end_us(self) -> int:
        return max((self.work.end_us, *(span.end_us for span in self.spans)))


def _read_turn(reading: _Reading, before: Sequence[_Reading], after: Sequence[_Reading]) -> schemas.Turn:
    work = reading.work
    if reading.calls:
        messages, earlier = _new_messages(reading, before)
    else:
        messages, earlier = _root_messages(reading), schemas.Earlier(count=0, rewritten=False)
    calls = reading.calls
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
        new_messages=messages,
        earlier=earlier,
        system_prompt=_system_prompt(reading, before),
        tools=_tools(reading, before, after),
        errors=_errors(reading),
        scores=work.scores,
        logs=work.logs,
        llm_calls=len(calls),
        models=list(dict.fromkeys(call.model for call in calls if call.model)),
        usage=_usage(calls),
        cost_usd=_sum((call.cost_nano_usd for call in calls), unit=1e9),
        time_to_first_token_ms=_first_token_ms(reading),
    )


# What is new -------------------------------------------------------------------------------------------------------


def _new_messages(reading: _Reading, before: Sequence[_Reading]) -> tuple[list[schemas.TurnMessage], schemas.Earlier]:
    """The messages of a turn that no earlier turn showed, in order, and what the first call repeated."""
    known_threads = [thread for earlier in before for thread in earlier.threads]
    shown: list[schemas.TurnMessage] = []
    shown_prints: set[str] = set()
    earlier = schemas.Earlier(count=0, rewritten=False)
    for index, call in enumerate(reading.calls):
        request, prints = reading.requests[index], reading.prints[index]
        inner = call.span_id in reading.inner
        if index == 0:
            new, earlier = _first_request(request, prints, known_threads)
        else:
            seen = best_overlap(prints, [*known_threads, *reading.threads[:index]])
            new = [
                position
                for position in range(len(request))
                if position not in seen.known and position >= seen.end and prints[position] not in shown_prints
            ]
        for position in new:
            _show(request[position], call, call.start_us, inner, shown)
        shown_prints.update(prints)
        for message in call.output_messages:
            _show(message, call, call.end_us, inner, shown)
            shown_prints.add(print_of(message))
    return shown, earlier


def _first_request(
    request: Sequence[dict[str, Any]], prints: Sequence[str], threads: Sequence[Thread]
) -> tuple[list[int], schemas.Earlier]:
    """Positions of what is new in the first request of a turn, and a count of what is not."""
    after_answer = 1 + max((i for i, message in enumerate(request) if message.get("role") == "assistant"), default=-1)
    if not threads:
        return list(range(len(request))), schemas.Earlier(count=0, rewritten=False)
    seen = best_overlap(prints[:after_answer], threads)
    rewritten = len(seen.known) < after_answer
    return list(range(after_answer, len(request))), schemas.Earlier(count=after_answer, rewritten=rewritten)


def _show(message: dict[str, Any], call: Span, at_us: int, inner: bool, shown: list[schemas.TurnMessage]) -> None:
    """Add a message, without the tool calls and results in it: those are told as tools."""
    if message.get("role") in _RESULT_ROLES:
        return
    whole = cut_message(message)
    parts = [part for part in whole["parts"] if part["type"] not in ("tool_call", "tool_call_response")]
    if not parts and whole["parts"]:
        return
    shown.append(
        schemas.TurnMessage.model_validate(
            {**whole, "parts": parts, "span_id": call.span_id, "at": format_time(at_us), "inner": inner}
        )
    )


def _root_messages(reading: _Reading) -> list[schemas.TurnMessage]:
    """What went into and came out of a trace in which no model was asked."""
    root = next((span for span in reading.spans if not span.parent_span_id), None) or next(iter(reading.spans), None)
    if root is None:
        return []
    shown: list[schemas.TurnMessage] = []
    for role, value, at_us in (("user", root.input, root.start_us), ("assistant", root.output, root.end_us)):
        if value is not None and value != "":
            _show({"role": role, "parts": [{"type": "text", "content": text_of(value)}]}, root, at_us, False, shown)
    return shown


def _is_inner(span: Span, parents: dict[str, Span]) -> bool:
    """Below a tool, or below an agent that another agent or tool called."""
    agents, seen = 0, {span.span_id}
    above = parents.get(span.parent_span_id)
    while above is not None and above.span_id not in seen:
        seen.add(above.span_id)
        if above.kind == "tool":
            return True
        agents += above.kind == "agent"
        above = parents.get(above.parent_span_id)
    return agents > 1


# Tools -------------------------------------------------------------------------------------------------------------


def _tools(reading: _Reading, before: Sequence[_Reading], after: Sequence[_Reading]) -> list[schemas.ToolUse]:
    """Each tool call of the turn once, by time: spans first, then what was asked for without leaving a span."""
    results = _results(reading)
    for later in after:
        results = {**_results(later), **results}
    uses: list[tuple[int, schemas.ToolUse]] = []
    told: set[str] = set()
    asked = _asked(reading)
    unclaimed = dict(asked)
    for span in reading.tool_spans:
        key = span.tool_call_id if span.tool_call_id in asked else _same_call(span, unclaimed)
        call_id = span.tool_call_id or key
        if key:
            unclaimed.pop(key, None)
        if call_id:
            told.add(call_id)
        uses.append((span.start_us, _tool_of_span(span, call_id, results, asked)))
    for call_id, (part, call) in asked.items():
        if call_id in told or call_id not in unclaimed:
            continue
        found = call_id in results
        uses.append(
            (
                call.end_us,
                schemas.ToolUse(
                    name=str(part.get("name") or "tool"),
                    call_id=part.get("id") or None,
                    span_id=call.span_id,
                    arguments=cut_value(part.get("arguments")),
                    result=cut_value(results.get(call_id)),
                    status="ok" if found else "unset",
                    status_message=None,
                    at=format_time(call.end_us),
                    duration_ms=None,
                ),
            )
        )
        told.add(call_id)
    uses.extend(_answered_elsewhere(reading, before, told))
    return [use for _, use in sorted(uses, key=lambda timed: timed[0])]


def _asked(reading: _Reading) -> dict[str, tuple[dict[str, Any], Span]]:
    """Tool calls that models asked for, by id (or a made one), in order."""
    asked: dict[str, tuple[dict[str, Any], Span]] = {}
    for call in reading.calls:
        for message in call.output_messages:
            for index, part in enumerate(_parts(message, "tool_call")):
                asked.setdefault(str(part.get("id") or f"{call.span_id}:{index}"), (part, call))
    return asked


def _results(reading: _Reading) -> dict[str, Any]:
    """What came back from tools, by the call's id, as later calls were told."""
    results: dict[str, Any] = {}
    for request in reading.requests:
        for message in request:
            for part in _parts(message, "tool_call_response"):
                if part.get("id"):
                    results.setdefault(str(part["id"]), part.get("response", part.get("result")))
    return results


def _tool_of_span(
    span: Span, call_id: str | None, results: dict[str, Any], asked: dict[str, tuple[dict[str, Any], Span]]
) -> schemas.ToolUse:
    part = asked[call_id][0] if call_id in asked else {}
    arguments = next((v for v in (span.tool_arguments, span.input, part.get("arguments")) if v is not None), None)
    result = next((v for v in (span.tool_result, span.output, results.get(call_id or "")) if v is not None), None)
    return schemas.ToolUse(
        name=span.tool_name or str(part.get("name") or "") or span.name,
        call_id=span.tool_call_id or part.get("id") or None,
        span_id=span.span_id,
        arguments=cut_value(arguments),
        result=cut_value(result),
        status=_status(span.status),
        status_message=span.status_message or None,
        at=format_time(span.start_us),
        duration_ms=(span.end_us - span.start_us) / 1_000,
    )


def _same_call(span: Span, unclaimed: dict[str, tuple[dict[str, Any], Span]]) -> str | None:
    """The first call asked for by this name before the span began, where the span itself names no call."""
    if span.tool_call_id:
        return None
    name = span.tool_name or span.name
    for call_id, (part, call) in unclaimed.items():
        if part.get("name") == name and call.start_us <= span.start_us:
            return call_id
    return None


def _answered_elsewhere(
    reading: _Reading, before: Sequence[_Reading], told: set[str]
) -> Iterable[tuple[int, schemas.ToolUse]]:
    """Results that this turn brought, of calls that no recorded model asked for."""
    known = told | {call_id for earlier in before for call_id in [*_asked(earlier), *_results(earlier)]}
    for call, request in zip(reading.calls, reading.requests, strict=True):
        names = {str(p.get("id")): p for message in request for p in _parts(message, "tool_call")}
        for message in request:
            for part in _parts(message, "tool_call_response"):
                call_id = str(part.get("id") or "")
                if not call_id or call_id in known:
                    continue
                known.add(call_id)
                asked = names.get(call_id, {})
                yield (
                    call.start_us,
                    schemas.ToolUse(
                        name=str(asked.get("name") or part.get("name") or "tool"),
                        call_id=call_id,
                        span_id=call.span_id,
                        arguments=cut_value(asked.get("arguments")),
                        result=cut_value(part.get("response", part.get("result"))),
                        status="ok",
                        status_message=None,
                        at=format_time(call.start_us),
                        duration_ms=None,
                    ),
                )


def _parts(message: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [part for part in message.get("parts") or [] if isinstance(part, dict) and part.get("type") == kind]


# The rest ----------------------------------------------------------------------------------------------------------


def _errors(reading: _Reading) -> list[schemas.TurnError]:
    """The innermost failing spans."""
    duplicates = reading.work.duplicates
    failing = [span for span in reading.spans if span.status == "error" and span.span_id not in duplicates]
    above = {span.parent_span_id for span in failing}
    return [
        schemas.TurnError(
            span_id=span.span_id,
            span_name=span.name,
            type=span.error_type or None,
            message=span.status_message or None,
            at=format_time(span.end_us),
        )
        for span in failing
        if span.span_id not in above
    ]


def _system_prompt(reading: _Reading, before: Sequence[_Reading]) -> schemas.SystemPrompt | None:
    text = _system_text(reading)
    if text is None:
        return None
    previous = next((found for earlier in reversed(before) if (found := _system_text(earlier)) is not None), None)
    cut = text.encode()[:LIMIT_BYTES].decode(errors="ignore")
    return schemas.SystemPrompt(hash=_hash(text), text=cut, changed=previous is not None and previous != text)


def _system_text(reading: _Reading) -> str | None:
    """The system prompt of the first call that talks to the person."""
    for call in reading.calls:
        if call.span_id in reading.inner:
            continue
        texts = [
            text_of(part.get("content"))
            for message in call.input_messages
            if message.get("role") in _SYSTEM
            for part in message.get("parts") or []
            if isinstance(part, dict)
        ]
        if texts:
            return "\n\n".join(texts)
    return None


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


def _first_token_ms(reading: _Reading) -> float | None:
    """Of the last streamed call that talks to the person: the one that brought the answer."""
    times = [
        call.time_to_first_token_us
        for call in reading.calls
        if call.span_id not in reading.inner and call.time_to_first_token_us is not None
    ]
    return times[-1] / 1_000 if times else None


def _status(status: str) -> schemas.SpanStatus:
    return status if status in ("ok", "error") else "unset"  # type: ignore[return-value]

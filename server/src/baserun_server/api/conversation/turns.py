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
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, TypeVar

from ...model import Span
from .. import schemas
from ..answers.content import LIMIT_BYTES, cut_message, cut_value, text_of
from ..http.times import format_time
from .said_before import Known, Thread, print_of

TURNS_BEFORE = 2
TURNS_AFTER = 1

MESSAGES_SHOWN = 1_000
TOOLS_SHOWN = 1_000
ERRORS_SHOWN = 200
"""Of one turn, half of them from its beginning and half from its end; longer ones are read in the trace."""

_T = TypeVar("_T")
_Message = tuple[dict[str, Any], Span, int, bool]
"""A message to show, with its span, its time and whether it is of inner work."""
_CALLING = ("llm",)
_INNER = 2
"""Agents above a span of inner work, at least; a tool counts like two."""
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
    unread: int = 0
    """LLM calls whose content was not read."""
    scores: list[schemas.Score] = field(default_factory=list)
    logs: list[schemas.LogEntry] = field(default_factory=list)


def read_turns(works: Sequence[Work], first: int = 0, last: int | None = None) -> list[schemas.Turn]:
    """The turns of `works[first:last]`; the works around them are context."""
    prints = _Prints()
    readings = [_Reading(work, prints) for work in works]
    turns = []
    for index in range(first, len(works) if last is None else last):
        before = readings[max(0, index - TURNS_BEFORE) : index]
        after = readings[index + 1 : index + 1 + TURNS_AFTER]
        turns.append(_read_turn(readings[index], before, after))
    return turns


class _Prints(dict[int, str]):
    """Prints of messages by their identity: a message that many calls repeat is read once (`stored.Messages`)."""

    def of(self, messages: Iterable[dict[str, Any]]) -> list[str]:
        """The prints of messages; the works keep these alive, and so their identities."""
        return [self.get(id(message)) or self.setdefault(id(message), print_of(message)) for message in messages]


class _Reading:
    """A trace, taken apart once: its calls, its tools, and the conversation that it leaves behind."""

    def __init__(self, work: Work, prints: _Prints) -> None:
        self.work = work
        self.spans = sorted(work.spans, key=lambda span: (span.start_us, span.end_us, span.span_id))
        self.inner = _inner(self.spans)
        counting = [span for span in self.spans if span.span_id not in work.duplicates]
        self.calls = [span for span in counting if span.kind in _CALLING]
        self.tool_spans = [span for span in counting if span.kind == "tool"]
        self.requests = [[m for m in call.input_messages if m.get("role") not in _SYSTEM] for call in self.calls]
        self.prints = [prints.of(request) for request in self.requests]
        self.output_prints = [prints.of(call.output_messages) for call in self.calls]
        self.threads = [Thread(said + heard) for said, heard in zip(self.prints, self.output_prints, strict=True)]

    @cached_property
    def new_to_requests(self) -> list[list[dict[str, Any]]]:
        """Of each request the messages that stand in no request before it."""
        seen: set[int] = set()
        found = []
        for request in self.requests:
            found.append([message for message in request if id(message) not in seen])
            seen.update(map(id, request))
        return found

    @cached_property
    def asked(self) -> dict[str, tuple[dict[str, Any], Span]]:
        """Tool calls that models asked for, by id (or a made one), in order."""
        asked: dict[str, tuple[dict[str, Any], Span]] = {}
        for call in self.calls:
            for message in call.output_messages:
                for index, part in enumerate(_parts(message, "tool_call")):
                    asked.setdefault(str(part.get("id") or f"{call.span_id}:{index}"), (part, call))
        return asked

    @cached_property
    def results(self) -> dict[str, Any]:
        """What came back from tools, by the call's id, as later calls were told."""
        results: dict[str, Any] = {}
        for messages in self.new_to_requests:
            for message in messages:
                for part in _parts(message, "tool_call_response"):
                    if part.get("id"):
                        results.setdefault(str(part["id"]), part.get("response", part.get("result")))
        return results

    @cached_property
    def system_text(self) -> str | None:
        """The system prompt of the first call that talks to the person."""
        for call in self.calls:
            if call.span_id in self.inner:
                continue
            texts = [
                text_of(part.get("content"))
                for message in call.input_messages
                if message.get("role") in _SYSTEM and isinstance(message.get("parts"), list)
                for part in message["parts"]
                if isinstance(part, dict)
            ]
            if texts:
                return "\n\n".join(texts)
        return None

    @property
    def end_us(self) -> int:
        return max((self.work.end_us, *(span.end_us for span in self.spans)))


def _read_turn(reading: _Reading, before: Sequence[_Reading], after: Sequence[_Reading]) -> schemas.Turn:
    work = reading.work
    if reading.calls:
        messages, earlier = _new_messages(reading, before)
    else:
        messages, earlier = _root_messages(reading), schemas.Earlier(count=0, rewritten=False)
    calls, tools, errors = reading.calls, _tools(reading, before, after), _errors(reading)
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
        new_messages=[_shown(*message) for message in _ends(messages, MESSAGES_SHOWN)],
        earlier=earlier,
        system_prompt=_system_prompt(reading, before),
        tools=[make() for make in _ends(tools, TOOLS_SHOWN)],
        errors=[_error(span) for span in _ends(errors, ERRORS_SHOWN)],
        scores=work.scores,
        logs=work.logs,
        llm_calls=len(calls),
        models=list(dict.fromkeys(call.model for call in calls if call.model)),
        usage=_usage(calls),
        cost_usd=_sum((call.cost_nano_usd for call in calls), unit=1e9),
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


# What is new -------------------------------------------------------------------------------------------------------


def _new_messages(reading: _Reading, before: Sequence[_Reading]) -> tuple[list[_Message], schemas.Earlier]:
    """The messages of a turn that no earlier turn showed, in order, and what the first call repeated."""
    known = Known(thread for earlier in before for thread in earlier.threads)
    shown: list[_Message] = []
    shown_prints: set[str] = set()
    earlier = schemas.Earlier(count=0, rewritten=False)
    for index, call in enumerate(reading.calls):
        request, prints = reading.requests[index], reading.prints[index]
        inner = call.span_id in reading.inner
        if index == 0:
            new, earlier = _first_request(request, prints, known)
        else:
            seen = known.best_overlap(prints)
            new = [
                position
                for position in range(seen.end, len(request))
                if position not in seen.known and prints[position] not in shown_prints
            ]
        shown += [(request[position], call, call.start_us, inner) for position in new]
        shown_prints.update(prints)
        shown += [(message, call, call.end_us, inner) for message in call.output_messages]
        shown_prints.update(reading.output_prints[index])
        known.add(reading.threads[index])
    return [message for message in shown if _speaks(message[0])], earlier


def _first_request(
    request: Sequence[dict[str, Any]], prints: Sequence[str], known: Known
) -> tuple[list[int], schemas.Earlier]:
    """Positions of what is new in the first request of a turn, and a count of what is not."""
    after_answer = 1 + max((i for i, message in enumerate(request) if message.get("role") == "assistant"), default=-1)
    if not known:
        return list(range(len(request))), schemas.Earlier(count=0, rewritten=False)
    seen = known.best_overlap(prints[:after_answer])
    rewritten = len(seen.known) < after_answer
    return list(range(after_answer, len(request))), schemas.Earlier(count=after_answer, rewritten=rewritten)


def _speaks(message: dict[str, Any]) -> bool:
    """Whether a message holds more than tool calls and results: those are told as tools."""
    if message.get("role") in _RESULT_ROLES:
        return False
    parts = message.get("parts")
    if not isinstance(parts, list):
        parts = message.get("content")
    return not isinstance(parts, list) or not parts or any(not _is_of_tools(part) for part in parts)


def _is_of_tools(part: Any) -> bool:
    return isinstance(part, dict) and part.get("type") in ("tool_call", "tool_call_response")


def _shown(message: dict[str, Any], call: Span, at_us: int, inner: bool) -> schemas.TurnMessage:
    """A message as the page shows it, without the tool calls and results in it."""
    whole = cut_message(message)
    parts = [part for part in whole["parts"] if not _is_of_tools(part)]
    return schemas.TurnMessage.model_validate(
        {**whole, "parts": parts, "span_id": call.span_id, "at": format_time(at_us), "inner": inner}
    )


def _root_messages(reading: _Reading) -> list[_Message]:
    """What went into and came out of a trace in which no model was asked."""
    root = next((span for span in reading.spans if not span.parent_span_id), None) or next(iter(reading.spans), None)
    if root is None:
        return []
    return [
        ({"role": role, "parts": [{"type": "text", "content": text_of(value)}]}, root, at_us, False)
        for role, value, at_us in (("user", root.input, root.start_us), ("assistant", root.output, root.end_us))
        if value is not None and value != ""
    ]


def _inner(spans: Sequence[Span]) -> set[str]:
    """Spans below a tool, or below an agent that another agent or tool called."""
    by_id = {span.span_id: span for span in spans}
    agents_above: dict[str, int] = {}
    for span in spans:
        path = []
        while span is not None and span.span_id not in agents_above:
            agents_above[span.span_id] = 0  # also ends a circle of parents
            path.append(span)
            span = by_id.get(span.parent_span_id)
        for below in reversed(path):
            above = by_id.get(below.parent_span_id)
            if above is not None:
                counts = {"tool": _INNER, "agent": 1}.get(above.kind, 0)
                agents_above[below.span_id] = min(_INNER, agents_above[above.span_id] + counts)
    return {span_id for span_id, agents in agents_above.items() if agents >= _INNER}


# Tools -------------------------------------------------------------------------------------------------------------


_Use = Callable[[], schemas.ToolUse]
"""Makes a tool call as the page shows it; those that are not shown are not made."""


def _tools(reading: _Reading, before: Sequence[_Reading], after: Sequence[_Reading]) -> list[_Use]:
    """Each tool call of the turn once, by time: spans first, then what was asked for without leaving a span."""
    results = reading.results
    for later in after:
        results = {**later.results, **results}
    uses: list[tuple[int, _Use]] = []
    told: set[str] = set()
    asked = reading.asked
    unclaimed = dict.fromkeys(asked)
    by_name: dict[Any, deque[str]] = {}
    for call_id, (part, _) in asked.items():
        by_name.setdefault(str(part.get("name")), deque()).append(call_id)
    for span in reading.tool_spans:
        key = span.tool_call_id if span.tool_call_id in asked else _same_call(span, asked, unclaimed, by_name)
        call_id = span.tool_call_id or key
        if key:
            unclaimed.pop(key, None)
        if call_id:
            told.add(call_id)
        uses.append((span.start_us, partial(_tool_of_span, span, call_id, results, asked)))
    for call_id, (part, call) in asked.items():
        if call_id in told or call_id not in unclaimed:
            continue
        uses.append((call.end_us, partial(_tool_asked, part, call, results.get(call_id), call_id in results)))
        told.add(call_id)
    uses.extend(_answered_elsewhere(reading, before, told))
    return [use for _, use in sorted(uses, key=lambda timed: timed[0])]


def _tool_asked(part: dict[str, Any], call: Span, result: Any, found: bool) -> schemas.ToolUse:
    return schemas.ToolUse(
        name=str(part.get("name") or "tool"),
        call_id=_text_or_none(part.get("id")),
        span_id=call.span_id,
        arguments=cut_value(part.get("arguments")),
        result=cut_value(result),
        status="ok" if found else "unset",
        status_message=None,
        at=format_time(call.end_us),
        duration_ms=None,
    )


def _text_or_none(value: Any) -> str | None:
    return str(value) if value else None


def _tool_of_span(
    span: Span, call_id: str | None, results: dict[str, Any], asked: dict[str, tuple[dict[str, Any], Span]]
) -> schemas.ToolUse:
    part = asked[call_id][0] if call_id in asked else {}
    arguments = next((v for v in (span.tool_arguments, span.input, part.get("arguments")) if v is not None), None)
    result = next((v for v in (span.tool_result, span.output, results.get(call_id or "")) if v is not None), None)
    return schemas.ToolUse(
        name=span.tool_name or str(part.get("name") or "") or span.name,
        call_id=span.tool_call_id or _text_or_none(part.get("id")),
        span_id=span.span_id,
        arguments=cut_value(arguments),
        result=cut_value(result),
        status=_status(span.status),
        status_message=span.status_message or None,
        at=format_time(span.start_us),
        duration_ms=(span.end_us - span.start_us) / 1_000,
    )


def _same_call(
    span: Span,
    asked: dict[str, tuple[dict[str, Any], Span]],
    unclaimed: dict[str, None],
    by_name: dict[Any, deque[str]],
) -> str | None:
    """The first call asked for by this name before the span began, where the span itself names no call."""
    if span.tool_call_id:
        return None
    waiting = by_name.get(span.tool_name or span.name, deque())
    while waiting and waiting[0] not in unclaimed:
        waiting.popleft()
    return waiting[0] if waiting and asked[waiting[0]][1].start_us <= span.start_us else None


def _answered_elsewhere(reading: _Reading, before: Sequence[_Reading], told: set[str]) -> Iterable[tuple[int, _Use]]:
    """Results that this turn brought, of calls that no recorded model asked for."""
    known = told.union(*(source for earlier in before for source in (earlier.asked, earlier.results)))
    for call, request, new in zip(reading.calls, reading.requests, reading.new_to_requests, strict=True):
        names: dict[str, dict[str, Any]] | None = None
        for message in new:
            for part in _parts(message, "tool_call_response"):
                call_id = str(part.get("id") or "")
                if not call_id or call_id in known:
                    continue
                known.add(call_id)
                if names is None:
                    names = {str(p.get("id")): p for message in request for p in _parts(message, "tool_call")}
                yield call.start_us, partial(_tool_answered, call, call_id, part, names.get(call_id, {}))


def _tool_answered(call: Span, call_id: str, part: dict[str, Any], asked: dict[str, Any]) -> schemas.ToolUse:
    return schemas.ToolUse(
        name=str(asked.get("name") or part.get("name") or "tool"),
        call_id=call_id,
        span_id=call.span_id,
        arguments=cut_value(asked.get("arguments")),
        result=cut_value(part.get("response", part.get("result"))),
        status="ok",
        status_message=None,
        at=format_time(call.start_us),
        duration_ms=None,
    )


def _parts(message: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    parts = message.get("parts")
    if not isinstance(parts, list):
        return []
    return [part for part in parts if isinstance(part, dict) and part.get("type") == kind]


# The rest ----------------------------------------------------------------------------------------------------------


def _errors(reading: _Reading) -> list[Span]:
    """The innermost failing spans."""
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


def _system_prompt(reading: _Reading, before: Sequence[_Reading]) -> schemas.SystemPrompt | None:
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

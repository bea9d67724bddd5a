"""The tool calls of a turn, each once: what was asked for and what came back, joined. Pure."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from ...model import Span
from .. import schemas
from ..answers.cutting import cut_value, text_of
from ..http.times import format_time
from .work import Reading, last_results, parts_of

FAILURE_CHARACTERS = 2_000
_Use = Callable[[], schemas.ToolUse]
"""Makes a tool call as the page shows it; those that are not shown are not made."""


def tools_of(reading: Reading, before: Sequence[Reading], after: Sequence[Reading]) -> list[_Use]:
    """Each tool call of the turn once, by time: spans first, then what was asked for without leaving a span."""
    results = reading.results
    for later in after:
        results = {**later.results, **results}
    without_id = reading.results_without_id(after)
    results = {**results, **without_id}
    uses: list[tuple[int, _Use]] = []
    shown: set[str] = set()
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
            shown.add(call_id)
        uses.append((span.start_us, partial(_tool_of_span, span, call_id, results, asked)))
    for call_id, (part, call) in asked.items():
        if call_id in shown or call_id not in unclaimed:
            continue
        uses.append((call.end_us, partial(_tool_asked, part, call, results.get(call_id))))
        shown.add(call_id)
    uses.extend(_answered_elsewhere(reading, before, shown))
    uses.extend(_answered_without_id(reading, before, without_id))
    return [use for _, use in sorted(uses, key=lambda timed: timed[0])]


def _tool_asked(part: dict[str, Any], call: Span, result: dict[str, Any] | None) -> schemas.ToolUse:
    return schemas.ToolUse(
        name=str(part.get("name") or "tool"),
        call_id=_text_or_none(part.get("id")),
        span_id=call.span_id,
        arguments=cut_value(part.get("arguments")),
        result=cut_value(_response(result)),
        status="unset" if result is None else "error" if result.get("is_error") is True else "ok",
        status_message=_failure(result),
        at=format_time(call.end_us),
        duration_ms=None,
    )


def _text_or_none(value: Any) -> str | None:
    return str(value) if value else None


def _tool_of_span(
    span: Span, call_id: str | None, results: dict[str, dict[str, Any]], asked: dict[str, tuple[dict[str, Any], Span]]
) -> schemas.ToolUse:
    part = asked[call_id][0] if call_id in asked else {}
    arguments = next((v for v in (span.tool_arguments, span.input, part.get("arguments")) if v is not None), None)
    told = results.get(call_id or "")
    result = next((v for v in (span.tool_result, span.output, _response(told)) if v is not None), None)
    failed = _failure(told) if span.status != "error" else None
    return schemas.ToolUse(
        name=span.tool_name or str(part.get("name") or "") or span.name,
        call_id=span.tool_call_id or _text_or_none(part.get("id")),
        span_id=span.span_id,
        arguments=cut_value(arguments),
        result=cut_value(result),
        status="error" if failed else _status(span.status),
        status_message=span.status_message or failed,
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


def _answered_elsewhere(reading: Reading, before: Sequence[Reading], shown: set[str]) -> Iterable[tuple[int, _Use]]:
    """Results that this turn brought, of calls that no recorded model asked for."""
    known = shown.union(*(source for earlier in before for source in (earlier.asked, earlier.results)))
    for call, request, new in zip(reading.calls, reading.requests, reading.new_to_requests, strict=True):
        names: dict[str, dict[str, Any]] | None = None
        for message in new:
            for part in parts_of(message, "tool_call_response"):
                call_id = str(part.get("id") or "")
                if not call_id or call_id in known:
                    continue
                known.add(call_id)
                if names is None:
                    names = {str(p.get("id")): p for message in request for p in parts_of(message, "tool_call")}
                yield call.start_us, partial(_tool_answered, call, call_id, part, names.get(call_id, {}))


def _tool_answered(call: Span, call_id: str, part: dict[str, Any], asked: dict[str, Any]) -> schemas.ToolUse:
    return schemas.ToolUse(
        name=str(asked.get("name") or part.get("name") or "tool"),
        call_id=call_id or None,
        span_id=call.span_id,
        arguments=cut_value(asked.get("arguments")),
        result=cut_value(_response(part)),
        status="error" if part.get("is_error") is True else "ok",
        status_message=_failure(part),
        at=format_time(call.start_us),
        duration_ms=None,
    )


def _answered_without_id(
    reading: Reading, before: Sequence[Reading], told: dict[str, dict[str, Any]]
) -> Iterable[tuple[int, _Use]]:
    """The same of results without an id: those after the last answer in a request, where no recorded model asked."""
    known = {id(part) for part in told.values()}
    for earlier in before[-1:]:
        known.update(id(part) for part in earlier.results_without_id([reading]).values())
    for call, request in zip(reading.calls, reading.requests, strict=True):
        came = [part for part in last_results(request) if not part.get("id") and id(part) not in known]
        if not came:
            continue
        known.update(map(id, came))
        last = next((message for message in reversed(request) if message.get("role") == "assistant"), {})
        asked = [part for part in parts_of(last, "tool_call") if not part.get("id")]
        for part in came:
            same = next((one for one in asked if part.get("name") in (None, "", one.get("name"))), {})
            if same:
                asked.remove(same)
            yield call.start_us, partial(_tool_answered, call, "", part, same)


def _response(part: dict[str, Any] | None) -> Any:
    return None if part is None else part.get("response", part.get("result"))


def _failure(part: dict[str, Any] | None) -> str | None:
    """What a failed tool said, None of one that did not fail."""
    if part is None or part.get("is_error") is not True:
        return None
    said = _response(part)
    return text_of(said)[:FAILURE_CHARACTERS] or "the tool failed"


def _status(status: str) -> schemas.SpanStatus:
    return status if status in ("ok", "error") else "unset"  # type: ignore[return-value]

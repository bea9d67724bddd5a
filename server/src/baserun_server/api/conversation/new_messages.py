"""What is new in a turn: the messages that no earlier turn showed. Pure."""

from collections.abc import Sequence
from typing import Any

from ...model import Span
from .. import schemas
from ..answers.cutting import cut_message, text_of
from ..http.times import format_time
from .said_before import Known
from .work import Reading

_Message = tuple[dict[str, Any], Span, int, bool]
"""A message to show, with its span, its time and whether it is of inner work."""
_RESULT_ROLES = ("tool", "function")


def new_messages(reading: Reading, before: Sequence[Reading]) -> tuple[list[_Message], schemas.Earlier]:
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
    return not isinstance(parts, list) or not parts or any(not _is_silent(part) for part in parts)


_SILENT = ("tool_call", "tool_call_response", "cache_point", "step-start")
"""Types of parts that nobody reads as a message: tools are told as tools, and marks say nothing."""


def _is_silent(part: Any) -> bool:
    """Whether a part is of a tool, a mark, or a thought of which only the provider's cipher was sent."""
    if not isinstance(part, dict):
        return False
    return part.get("type") in _SILENT or (part.get("type") == "reasoning" and part.get("content") == "")


def show(message: dict[str, Any], call: Span, at_us: int, inner: bool) -> schemas.TurnMessage:
    """A message as the page shows it, without the tool calls and results in it."""
    whole = cut_message(message)
    parts = [part for part in whole["parts"] if not _is_silent(part)]
    return schemas.TurnMessage.model_validate(
        {**whole, "parts": parts, "span_id": call.span_id, "at": format_time(at_us), "inner": inner}
    )


def root_messages(reading: Reading) -> list[_Message]:
    """The input and output of a trace that called no model, as messages: of its root, else of the spans below it."""
    root = next((span for span in reading.spans if not span.parent_span_id), None) or next(iter(reading.spans), None)
    if root is None:
        return []
    found: list[_Message] = []
    heard: dict[str, str] = {}
    for span in (root,) if _has_content(root) else _outermost(reading.spans):
        for role, value, at_us in (("user", span.input, span.start_us), ("assistant", span.output, span.end_us)):
            if value is None or value == "":
                continue
            text = text_of(value)
            if heard.get(role) == text:
                # The step that heard it and the one that answers it both tell it.
                continue
            heard[role] = text
            found.append(({"role": role, "parts": [{"type": "text", "content": text}]}, span, at_us, False))
    return found


def _outermost(spans: Sequence[Span]) -> list[Span]:
    """The steps with content that lie in no other such step; runs of tools and searches are told elsewhere."""
    own = {span.span_id: span for span in spans if _has_content(span) and span.kind not in _TOLD_ELSEWHERE}
    by_id = {span.span_id: span for span in spans}
    inside: dict[str, bool] = {"": False}
    for span in spans:
        path = []
        at: Span | None = span
        while at is not None and at.span_id not in inside:
            inside[at.span_id] = False  # also ends a circle of parents
            path.append(at)
            at = by_id.get(at.parent_span_id)
        for below in reversed(path):
            above = below.parent_span_id
            inside[below.span_id] = above in own or inside.get(above, False)
    return [span for span_id, span in own.items() if not inside[span_id]]


_TOLD_ELSEWHERE = ("tool", "retrieval", "embedding")


def _has_content(span: Span) -> bool:
    return span.input not in (None, "") or span.output not in (None, "")

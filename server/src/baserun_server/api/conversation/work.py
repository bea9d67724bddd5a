"""A trace with all that a turn is made from, taken apart once: its calls, its tools, what it leaves behind. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from msgspec.structs import replace

from ...model import Span
from .. import schemas
from ..answers.cutting import text_of
from .said_before import Thread, print_of

_CALLING = ("llm",)
_INNER = 2
"""Agents above a span of inner work, at least; a tool counts like two."""
_SYSTEM = ("system", "developer")
_LOOK_AHEAD = 8
"""Calls after one that asked for tools in which the answers to a call without an id are looked for: sub-agents may ask
in between."""


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
    using: frozenset[str] | None = None
    """Spans whose usage adds up; its calls where that is not said."""
    failures: frozenset[str] | None = None
    """Spans that failed by themselves."""
    unread: int = 0
    """LLM calls whose content was not read."""
    scores: list[schemas.Score] = field(default_factory=list)
    logs: list[schemas.LogEntry] = field(default_factory=list)


class Prints(dict[int, str]):
    """Prints of messages by their identity: a message that many calls repeat is read once (`stored.Messages`)."""

    def of(self, messages: Iterable[dict[str, Any]]) -> list[str]:
        """The prints of messages; the works keep these alive, and so their identities."""
        return [self.get(id(message)) or self.setdefault(id(message), print_of(message)) for message in messages]


class Reading:
    """A trace, taken apart once: its calls, its tools, and the conversation that it leaves behind."""

    def __init__(self, work: Work, prints: Prints) -> None:
        self.work = work
        self.spans = sorted(work.spans, key=lambda span: (span.start_us, span.end_us, span.span_id))
        self.inner = _inner(self.spans)
        counting = [span for span in self.spans if span.span_id not in work.duplicates]
        self.calls = _whole_answers([span for span in counting if span.kind in _CALLING], self.spans, work.duplicates)
        calls = frozenset(call.span_id for call in self.calls)
        using = calls if work.using is None else work.using | calls
        self.using = [span for span in counting if span.span_id in using]
        self.tool_spans = [span for span in counting if span.kind == "tool"]
        self.requests = [[m for m in call.input_messages if m.get("role") not in _SYSTEM] for call in self.calls]
        self.prints = [prints.of(request) for request in self.requests]
        self.output_prints = [prints.of(call.output_messages) for call in self.calls]
        self.threads = [Thread(said + heard) for said, heard in zip(self.prints, self.output_prints, strict=True)]

    @cached_property
    def new_to_requests(self) -> list[list[dict[str, Any]]]:
        """The messages of each request that no earlier request has."""
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
            parts = [part for message in call.output_messages for part in parts_of(message, "tool_call")]
            for index, part in enumerate(parts):
                asked.setdefault(str(part.get("id") or f"{call.span_id}:{index}"), (part, call))
        return asked

    @cached_property
    def results(self) -> dict[str, dict[str, Any]]:
        """Results of tools by the call's id, as later calls repeat them or the provider says."""
        results: dict[str, dict[str, Any]] = {}
        for messages in (*self.new_to_requests, *(call.output_messages for call in self.calls)):
            for message in messages:
                for part in parts_of(message, "tool_call_response"):
                    if part.get("id"):
                        results.setdefault(str(part["id"]), part)
        return results

    def results_without_id(self, after: Sequence["Reading"]) -> dict[str, dict[str, Any]]:
        """What came back from calls that have no id, by their made one: by name, and of one name in order.

        It follows the last answer in the request of a later call, or stands in the same answer.
        """
        later = [*self.requests, *(request for reading in after for request in reading.requests[:1])]
        found: dict[str, dict[str, Any]] = {}
        for index, call in enumerate(self.calls):
            parts = [part for message in call.output_messages for part in parts_of(message, "tool_call")]
            waiting = [f"{call.span_id}:{place}" for place, part in enumerate(parts) if not part.get("id")]
            for messages in (call.output_messages, *later[index + 1 : index + 1 + _LOOK_AHEAD]):
                if not waiting:
                    break
                came = [part for part in last_results(messages) if not part.get("id")]
                matched = self._matched(waiting, came)
                found.update(matched)
                waiting = [key for key in waiting if key not in matched]
        return found

    def _matched(self, waiting: list[str], came: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
        matched: dict[str, dict[str, Any]] = {}
        for part in came:
            for key in waiting:
                if key not in matched and part.get("name") in (None, "", self.asked[key][0].get("name")):
                    matched[key] = part
                    break
        return matched

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
        """When the last of it ended."""
        return max((self.work.end_us, *(span.end_us for span in self.spans)))


def _whole_answers(calls: list[Span], spans: Sequence[Span], duplicates: frozenset[str]) -> list[Span]:
    """Calls with all that was answered: some instrumentations tell the blocks of one answer as a span each.

    What another instrumentation tells of the same call stays away, since it says the same in other words.
    """
    blocks: dict[tuple[str, str], list[Span]] = {}
    for span in spans:
        if span.span_id in duplicates and span.kind in _CALLING and span.response_id and span.output_messages:
            blocks.setdefault((span.response_id, span.scope), []).append(span)
    if not blocks:
        return calls
    whole = []
    for call in calls:
        output = list(call.output_messages)
        around = {call.span_id, call.parent_span_id}
        for block in blocks.get((call.response_id, call.scope), []):
            if block.span_id not in around and block.parent_span_id != call.span_id:
                output += [message for message in block.output_messages if message not in output]
        whole.append(replace(call, output_messages=output) if len(output) > len(call.output_messages) else call)
    return whole


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


def last_results(messages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The results in a request that follow its last answer; of an answer those in it."""
    found: list[dict[str, Any]] = []
    for message in reversed(messages):
        found[:0] = parts_of(message, "tool_call_response")
        if message.get("role") == "assistant":
            break
    return found


def parts_of(message: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The parts of a message that are of this kind."""
    parts = message.get("parts")
    if not isinstance(parts, list):
        return []
    return [part for part in parts if isinstance(part, dict) and part.get("type") == kind]

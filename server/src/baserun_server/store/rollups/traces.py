"""Traces, from their spans and what was sent apart from these. Pure.

Precedence inside a trace: the root span first, then by start. Ties are broken by ids, so that the same facts give the
same row in whatever order they come.
"""

from collections.abc import Container, Iterable, Sequence
from typing import Any

import msgspec
import orjson

from ...model import Span
from ...said import said_in_call
from ..facts.preview import PREVIEW_CHARACTERS, answered, asked
from ..facts.rows import DAY_US, json_text
from ..precedence import user_of_trace
from .duplicates import CALLS, Counting, Node, counting, tells
from .latency import bucket_of
from .sums import Feedback, Sums, first_of, texts


class SpanFacts(msgspec.Struct):
    """What a trace needs to know of a span that is not at hand any more; named like the fields of `model.Span`."""

    trace_id: str
    span_id: str
    parent_span_id: str
    session_id: str
    user_id: str
    provider_user: str
    session_attribute: str
    user_attribute: str
    provider_user_attribute: str
    kind: str
    name: str
    trace_name: str
    start_us: int
    end_us: int
    status: str
    provider: str
    model: str
    response_id: str
    completion_id: str
    scope: str
    tool_name: str
    tool_call_id: str
    input_tokens: int | None
    output_tokens: int | None
    cached_tokens: int | None
    reasoning_tokens: int | None
    cost_nano_usd: int | None
    environment: str
    release: str
    tags: list[str]
    input_preview: str
    output_preview: str
    metadata: str
    """JSON text."""
    told_apart: bool = False


class Update(msgspec.Struct):
    """An update of a trace that the application sent after its end."""

    trace_id: str
    at_us: int
    log_id: str
    body: str
    metadata: str


class Content(msgspec.Struct):
    """Messages of a call that were sent apart from its span."""

    trace_id: str
    span_id: str
    body: str
    """JSON text."""


class Failure(msgspec.Struct):
    """A span that is told to have failed, apart from it."""

    trace_id: str
    span_id: str


class SaidApart(msgspec.Struct, kw_only=True):
    """A row of `said_apart`."""

    project_id: str
    trace_id: str
    span_id: str
    session_id: str
    start_us: int
    said: str
    is_deleted: bool = False


def add_contents(project_id: str, span: Span | SpanFacts, contents: Iterable[Content]) -> SaidApart:
    """Give a call the previews that it lacks, from its messages in order; returns what was said in these.

    A side on which the call has messages of its own stays as it is. Where that is so on both, the row is a tombstone:
    the call may have been sent without its messages before.
    """
    bodies = [orjson.loads(content.body or "{}") for content in contents]
    inputs, outputs = (
        [] if preview else [message for body in bodies for message in body.get(side, [])]
        for side, preview in (("input_messages", span.input_preview), ("output_messages", span.output_preview))
    )
    span.told_apart = True
    span.input_preview = span.input_preview or asked(inputs)
    span.output_preview = span.output_preview or answered(outputs)
    said = said_in_call(inputs, outputs)
    return SaidApart(
        project_id=project_id,
        trace_id=span.trace_id,
        span_id=span.span_id,
        session_id=span.session_id,
        start_us=span.start_us,
        said=said,
        is_deleted=not said,
    )


MADE_UP = frozenset(("gen_ai.conversation.id",))
"""Attributes in which frameworks put ids of their own making, one for each agent or each answer of a provider."""
Claim = tuple[str, str, str, str]
"""Value, source (`application` or `provider`), span and attribute that said so."""


class TraceRow(Sums, kw_only=True):
    """A row of `traces`."""

    project_id: str
    trace_id: str
    day: int
    session_id: str
    user_id: str
    app_user: str = ""
    provider_user: str = ""
    sessions_said: list[Claim] = []
    users_said: list[Claim] = []
    name: str = ""
    start_us: int = 0
    end_us: int = 0
    status: str = ""
    model_us: int = 0
    tool_us: int = 0
    models: list[str] = []
    providers: list[str] = []
    tags: list[str] = []
    environment: str = ""
    release: str = ""
    metadata: dict[str, str] = {}
    input_preview: str = ""
    output_preview: str = ""
    is_deleted: bool = False


def trace_row(
    project_id: str,
    spans: Iterable[Span | SpanFacts],
    feedback: Sequence[Feedback],
    updates: Iterable[Update],
    failed: Container[str] = (),
) -> TraceRow:
    """A trace from the newest version of each of its spans; `failed` are those told to have failed, apart from them."""
    own = sorted(spans, key=lambda span: (span.parent_span_id != "", span.start_us, span.span_id))
    root = own[0]
    start_us, end_us = root.start_us, root.end_us
    sessions: dict[str, Claim] = {}
    made_up: dict[str, Claim] = {}
    app_users: dict[str, Claim] = {}
    provider_users: dict[str, Claim] = {}
    trace_name = environment = release = ""
    metadata: Any = None
    tags: set[str] = set()
    tool_calls = model_us = tool_us = 0
    counts = counting([_node(span, failed) for span in own])
    for span in own:
        start_us, end_us = min(start_us, span.start_us), max(end_us, span.end_us)
        trace_name = trace_name or span.trace_name
        environment = environment or span.environment
        release = release or span.release
        metadata = metadata or span.metadata
        if span.tags:
            tags.update(span.tags)
        if span.kind == "llm":
            model_us += span.end_us - span.start_us
        elif span.kind == "tool" and span.span_id not in counts.duplicates:
            tool_calls += 1
            tool_us += span.end_us - span.start_us
        if span.session_id:
            named = made_up if span.session_attribute in MADE_UP else sessions
            if span.session_id not in named:
                named[span.session_id] = (span.session_id, "application", span.span_id, span.session_attribute)
        if span.user_id and span.user_id not in app_users:
            app_users[span.user_id] = (span.user_id, "application", span.span_id, span.user_attribute)
        if span.provider_user and span.provider_user not in provider_users:
            claim = (span.provider_user, "provider", span.span_id, span.provider_user_attribute)
            provider_users[span.provider_user] = claim
    # What the application calls its session holds wherever it stands in the trace.
    sessions |= {id_: claim for id_, claim in made_up.items() if id_ not in sessions}
    app_user, provider_user = first_of(app_users), first_of(provider_users)
    errors = len(counts.failures)
    row = TraceRow(
        project_id=project_id,
        trace_id=root.trace_id,
        day=start_us // DAY_US,
        session_id=first_of(sessions),
        user_id=user_of_trace(app_of_trace=app_user, provider_of_trace=provider_user),
        app_user=app_user,
        provider_user=provider_user,
        sessions_said=list(sessions.values()),
        users_said=list((app_users | {u: claim for u, claim in provider_users.items() if u not in app_users}).values()),
        name=trace_name or root.name,
        start_us=start_us,
        end_us=end_us,
        status=root.status if root.status != "unset" else "error" if errors else "unset",
        traces=1,
        spans_total=len(own),
        errors=errors,
        tool_calls=tool_calls,
        model_us=model_us,
        tool_us=tool_us,
        tags=sorted(tags),
        environment=environment,
        release=release,
        metadata=texts(metadata if isinstance(metadata, str) else json_text(metadata)) if metadata else {},
        input_preview=_first_input(own),
        output_preview=_last_output(own),
    )
    row.judge(feedback)
    _add_calls(row, own, counts)
    for update in sorted(updates, key=lambda update: (update.at_us, update.log_id)):
        row.metadata |= texts(update.metadata)
        row.output_preview = _plain(update.body)[:PREVIEW_CHARACTERS] or row.output_preview
    return row


def _add_calls(row: TraceRow, own: Sequence[Span | SpanFacts], counts: Counting) -> None:
    calls = [span for span in own if span.kind in CALLS and span.span_id not in counts.duplicates]
    for call in calls:
        if call.kind == "llm":
            row.llm_calls += 1
            bucket = bucket_of(call.end_us - call.start_us)
            row.latency[bucket] = row.latency.get(bucket, 0) + 1
    calls += [span for span in own if span.kind not in CALLS and span.span_id in counts.using]
    for call in calls:
        row.input_tokens += call.input_tokens or 0
        row.output_tokens += call.output_tokens or 0
        row.cached_tokens += call.cached_tokens or 0
        row.reasoning_tokens += call.reasoning_tokens or 0
        if call.cost_nano_usd is None:
            row.unpriced_calls += 1
        else:
            row.cost_nano_usd += call.cost_nano_usd
    row.models = sorted({call.model for call in calls} - {""})
    row.providers = sorted({call.provider for call in calls} - {""})


def _first_input(own: Sequence[Span | SpanFacts]) -> str:
    """The input of the earliest call, else of the earliest other span."""
    told = [span for span in own if span.input_preview]
    first = min(told, key=lambda span: (span.kind != "llm", span.start_us, span.span_id), default=None)
    return first.input_preview if first else ""


def _last_output(own: Sequence[Span | SpanFacts]) -> str:
    """The output of the call that ended last, else of the other span that ended last."""
    told = [span for span in own if span.output_preview]
    last = max(told, key=lambda span: (span.kind == "llm", span.end_us, span.span_id), default=None)
    return last.output_preview if last else ""


def _plain(text: str) -> str:
    """A JSON string's own text; other JSON as it stands."""
    if not text.startswith('"'):
        return text
    return str(orjson.loads(text))


def _node(span: Span | SpanFacts, told_to_have_failed: Container[str]) -> Node:
    failed = span.status == "error" or (span.status == "unset" and span.span_id in told_to_have_failed)
    # Whoever shows a trace does not know what was told apart from its spans, and must find the same.
    asked, answered = ("", "") if span.told_apart else (span.input_preview, span.output_preview)
    return Node(
        span_id=span.span_id,
        parent_span_id=span.parent_span_id,
        kind=span.kind,
        has_usage=span.input_tokens is not None or span.output_tokens is not None,
        response_id=span.response_id,
        start_us=span.start_us,
        end_us=span.end_us,
        failed=failed,
        scope=span.scope,
        model=span.model,
        tells=tells(span.input_tokens, span.output_tokens, asked, answered, failed),
        tool_name=span.tool_name,
        tool_call_id=span.tool_call_id,
    )

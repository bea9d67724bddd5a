"""What roll-ups hold: traces from spans, sessions and activity from parts of sessions, users from activity. Pure.

Precedence inside a trace: the root span first, then by start; inside a session: by the start of its traces. Ties are
broken by ids, so that the same facts give the same row in whatever order they come.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import orjson

from ...model import Span
from ...said import said_in_call
from ..facts.preview import PREVIEW_CHARACTERS, answered, asked
from ..facts.rows import DAY_US, json_text
from .duplicates import Node, duplicates

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

BUCKET_GROWTH = math.log(1.05)


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


class Feedback(msgspec.Struct):
    """Judgements of one trace, session or user."""

    id: str
    up: int
    down: int
    first_us: int = 0
    last_us: int = 0


class Update(msgspec.Struct):
    """What the application said about a trace after its end."""

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
    project_id: str, spans: Iterable[Span | SpanFacts], feedback: Sequence[Feedback], updates: Iterable[Update]
) -> TraceRow:
    """A trace from the newest version of each of its spans."""
    own = sorted(spans, key=lambda span: (span.parent_span_id != "", span.start_us, span.span_id))
    root = own[0]
    start_us, end_us = root.start_us, root.end_us
    sessions: dict[str, Claim] = {}
    app_users: dict[str, Claim] = {}
    provider_users: dict[str, Claim] = {}
    trace_name = environment = release = ""
    metadata: Any = None
    tags: set[str] = set()
    tool_calls = model_us = tool_us = 0
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
        elif span.kind == "tool":
            tool_calls += 1
            tool_us += span.end_us - span.start_us
        if span.session_id and span.session_id not in sessions:
            sessions[span.session_id] = (span.session_id, "application", span.span_id, span.session_attribute)
        if span.user_id and span.user_id not in app_users:
            app_users[span.user_id] = (span.user_id, "application", span.span_id, span.user_attribute)
        if span.provider_user and span.provider_user not in provider_users:
            claim = (span.provider_user, "provider", span.span_id, span.provider_user_attribute)
            provider_users[span.provider_user] = claim
    app_user, provider_user = _first(app_users), _first(provider_users)
    errors = _errors(own)
    row = TraceRow(
        project_id=project_id,
        trace_id=root.trace_id,
        day=start_us // DAY_US,
        session_id=_first(sessions),
        user_id=app_user or provider_user,
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
        feedback_up=sum([one.up for one in feedback]),
        feedback_down=sum([one.down for one in feedback]),
        tags=sorted(tags),
        environment=environment,
        release=release,
        metadata=texts(metadata if isinstance(metadata, str) else json_text(metadata)) if metadata else {},
        input_preview=_first_input(own),
        output_preview=_last_output(own),
    )
    _add_calls(row, own)
    for update in sorted(updates, key=lambda update: (update.at_us, update.log_id)):
        row.metadata |= texts(update.metadata)
        row.output_preview = _plain(update.body)[:PREVIEW_CHARACTERS] or row.output_preview
    return row


def _add_calls(row: TraceRow, own: Sequence[Span | SpanFacts]) -> None:
    calls = [span for span in own if span.kind == "llm"]
    if len(calls) > 1:
        doubles = duplicates(map(_node, own))
        calls = [call for call in calls if call.span_id not in doubles]
    row.llm_calls = len(calls)
    for call in calls:
        row.input_tokens += call.input_tokens or 0
        row.output_tokens += call.output_tokens or 0
        row.cached_tokens += call.cached_tokens or 0
        row.reasoning_tokens += call.reasoning_tokens or 0
        if call.cost_nano_usd is None:
            row.unpriced_calls += 1
        else:
            row.cost_nano_usd += call.cost_nano_usd
        bucket = bucket_of(call.end_us - call.start_us)
        row.latency[bucket] = row.latency.get(bucket, 0) + 1
    row.models = sorted({call.model for call in calls} - {""})
    row.providers = sorted({call.provider for call in calls} - {""})


def _first_input(own: Sequence[Span | SpanFacts]) -> str:
    """What went into the earliest call, else into the earliest other span."""
    told = [span for span in own if span.input_preview]
    first = min(told, key=lambda span: (span.kind != "llm", span.start_us, span.span_id), default=None)
    return first.input_preview if first else ""


def _last_output(own: Sequence[Span | SpanFacts]) -> str:
    """What came out of the call that ended last, else of the other span that ended last."""
    told = [span for span in own if span.output_preview]
    last = max(told, key=lambda span: (span.kind == "llm", span.end_us, span.span_id), default=None)
    return last.output_preview if last else ""


def bucket_of(duration_us: int) -> int:
    """The bucket of the latency histogram: n holds 1.05^(n-1) < ms <= 1.05^n."""
    return math.ceil(math.log(duration_us / 1000) / BUCKET_GROWTH) if duration_us > 1000 else 0


class Part(Sums, kw_only=True):
    """Traces of a session that name the same users and start on the same day; also traces without a session of a user
    on a day."""

    session_id: str
    app_user: str
    provider_user: str
    day: int
    first: tuple[int, str]
    """Start and id of its earliest trace."""
    last_us: int
    models: list[str]
    providers: list[str]
    tags: list[str]
    environments: list[str]
    releases: list[str]
    environment: tuple[int, str, str]
    """Of the latest trace that has one: start, trace, value."""
    release: tuple[int, str, str]
    first_input: tuple[int, str, str]
    last_output: tuple[int, str, str]


class Event(msgspec.Struct):
    """A session's event."""

    session_id: str
    at_us: int
    event_id: str
    kind: str
    user_id: str
    name: str
    outcome: str
    metadata: str


class SessionRow(Sums, kw_only=True):
    """A row of `sessions`."""

    project_id: str
    session_id: str
    user_id: str = ""
    assigned_user: str = ""
    app_user: str = ""
    provider_user: str = ""
    users: list[str] = []
    user_keys: list[str] = []
    name: str = ""
    outcome: str = ""
    metadata: dict[str, str] = {}
    start_us: int = 0
    last_us: int = 0
    ended_us: int | None = None
    days: list[int] = []
    models: list[str] = []
    providers: list[str] = []
    tags: list[str] = []
    environment: str = ""
    release: str = ""
    first_input: str = ""
    last_output: str = ""
    is_deleted: bool = False

    def user_of(self, app_user: str, provider_user: str) -> str:
        """The user of a trace of this session that names these."""
        return self.assigned_user or app_user or self.app_user or provider_user or self.provider_user

    def derives(self, app_user: str) -> bool:
        """Whether the user of such a trace comes from a provider's own field."""
        return not (self.assigned_user or app_user or self.app_user)


def session_row(
    project_id: str,
    session_id: str,
    parts: Iterable[Part],
    events: Iterable[Event],
    feedback: Sequence[Feedback],
    known_days: Iterable[int],
    known_users: Iterable[str],
) -> SessionRow:
    """A session from all its parts, events and judgements; a tombstone where there is none of them.

    What is known of days and users only grows: it says where rows may stand that must be found to be replaced.
    """
    own = sorted(parts, key=lambda part: part.first)
    told = sorted(events, key=lambda event: (event.at_us, event.event_id))
    starts = [event.at_us for event in told if event.kind == "start"]
    ends = [event for event in told if event.kind == "end"]
    assigned = [event.user_id for event in told if event.kind == "assign"]
    row = SessionRow(
        project_id=project_id,
        session_id=session_id,
        assigned_user=assigned[-1] if assigned else "",
        app_user=_first(event.user_id for event in told if event.kind != "assign") or _first(p.app_user for p in own),
        provider_user=_first(part.provider_user for part in own),
        name=_first(event.name for event in reversed(told)),
        outcome=ends[-1].outcome if ends else "",
        ended_us=ends[-1].at_us if ends else None,
        days=sorted({*known_days, *(part.day for part in own)}),
        models=sorted({model for part in own for model in part.models}),
        providers=sorted({provider for part in own for provider in part.providers}),
        tags=sorted({tag for part in own for tag in part.tags}),
        environment=max((part.environment for part in own if part.environment[2]), default=("", "", ""))[2],
        release=max((part.release for part in own if part.release[2]), default=("", "", ""))[2],
        first_input=min((part.first_input for part in own if part.first_input[2]), default=("", "", ""))[2],
        last_output=max((part.last_output for part in own if part.last_output[2]), default=("", "", ""))[2],
        is_deleted=not (own or starts or ends or feedback),
    )
    for part in own:
        row.add(part)
    for one in feedback:
        row.feedback_up += one.up
        row.feedback_down += one.down
    for event in told:
        row.metadata = row.metadata | texts(event.metadata)
    marks = (
        [event.at_us for event in ends[-1:]] or [us for one in feedback for us in (one.first_us, one.last_us)] or [0]
    )
    row.start_us = min([part.first[0] for part in own] + starts or marks)
    row.last_us = max([part.last_us for part in own] + starts or marks)
    row.user_id = row.user_of("", "")
    users = {row.user_id, *(row.user_of(part.app_user, part.provider_user) for part in own)}
    row.users = sorted(users - {""})
    row.user_keys = sorted({*known_users, *users})
    return row


class ActivityRow(Sums, kw_only=True):
    """A row of `activity`."""

    project_id: str
    user_id: str
    session_id: str
    day: int
    first_us: int = 0
    last_us: int = 0
    models: list[str] = []
    providers: list[str] = []
    tags: list[str] = []
    environments: list[str] = []
    releases: list[str] = []
    derived: bool = True
    is_deleted: bool = False


class Mark(Sums, kw_only=True):
    """Something that happened to a session beside its traces: an event, or judgements of one day."""

    session_id: str
    first_us: int
    last_us: int


def activity_rows(
    project_id: str, parts: Iterable[Part], marks: Iterable[Mark], sessions: dict[str, SessionRow]
) -> list[ActivityRow]:
    """What each user did in each session on each day; parts and marks of sessions must be all there are of them."""
    found: dict[tuple[str, str, int], ActivityRow] = {}

    def add(user_id: str, sums: Part | Mark, day: int, first_us: int, derived: bool) -> ActivityRow:
        key = (user_id, sums.session_id, day)
        row = found.get(key)
        if row is None:
            row = ActivityRow(project_id=project_id, user_id=user_id, session_id=sums.session_id, day=day)
            row.first_us, row.last_us = first_us, sums.last_us
            found[key] = row
        row.add(sums)
        row.first_us = min(row.first_us, first_us)
        row.last_us = max(row.last_us, sums.last_us)
        row.derived = row.derived and derived
        return row

    for part in parts:
        session = sessions.get(part.session_id)
        user_id = session.user_of(part.app_user, part.provider_user) if session else part.app_user or part.provider_user
        derived = session.derives(part.app_user) if session else not part.app_user
        row = add(user_id, part, part.day, part.first[0], derived)
        for name in SETS:
            setattr(row, name, sorted({*getattr(row, name), *getattr(part, name)}))
    for mark in marks:
        session = sessions[mark.session_id]
        add(session.user_id, mark, mark.first_us // DAY_US, mark.first_us, session.derives(""))
    return list(found.values())


class UserPart(Sums, kw_only=True):
    """The sum of a user's activity, that of the aliases included."""

    owner: str
    first_us: int
    last_us: int
    sessions: int
    models: list[str]
    providers: list[str]
    tags: list[str]
    environments: list[str]
    releases: list[str]
    derived: int


class Identification(msgspec.Struct):
    """What was told of a user."""

    user_id: str
    at_us: int
    event_id: str
    traits: str


class UserRow(Sums, kw_only=True):
    """A row of `users`."""

    project_id: str
    user_id: str
    traits: dict[str, str] = {}
    aliases: list[str] = []
    first_us: int = 0
    last_us: int = 0
    sessions: int = 0
    models: list[str] = []
    providers: list[str] = []
    tags: list[str] = []
    environments: list[str] = []
    releases: list[str] = []
    derived: bool = False
    is_deleted: bool = False


def user_row(
    project_id: str,
    user_id: str,
    aliases: Iterable[str],
    part: UserPart | None,
    identifications: Iterable[Identification],
    feedback: Sequence[Feedback],
) -> UserRow:
    """A user from activity, traits and judgements, those of the aliases included; a tombstone where there is none."""
    told = sorted(identifications, key=lambda one: (one.at_us, one.event_id, one.user_id))
    row = UserRow(project_id=project_id, user_id=user_id, is_deleted=not (part or told or feedback))
    moments = [one.at_us for one in told] + [us for one in feedback for us in (one.first_us, one.last_us)]
    if part is not None:
        row.add(part)
        row.sessions = part.sessions
        for name in SETS:
            setattr(row, name, sorted(getattr(part, name)))
        row.derived = bool(part.derived) and not told
        moments += [part.first_us, part.last_us]
    for one in feedback:
        row.feedback_up += one.up
        row.feedback_down += one.down
    for one in told:
        row.traits = row.traits | texts(one.traits)
    row.aliases = sorted(aliases)
    row.first_us, row.last_us = min(moments, default=0), max(moments, default=0)
    return row


class HourVersion(msgspec.Struct):
    """The mark that something of an hour of a project became visible."""

    project_id: str
    hour: int = 0
    """In seconds since the epoch; 0 for what has no trace."""


def texts(text: str) -> dict[str, str]:
    """JSON text of each value of an object that is itself JSON text."""
    if not text:
        return {}
    decoded = orjson.loads(text)
    return {key: orjson.dumps(value).decode() for key, value in decoded.items()} if isinstance(decoded, dict) else {}


def _plain(text: str) -> str:
    """A JSON string's own text; other JSON as it stands."""
    if not text.startswith('"'):
        return text
    return str(orjson.loads(text))


def _node(span: Span | SpanFacts) -> Node:
    has_usage = span.input_tokens is not None or span.output_tokens is not None
    return Node(span.span_id, span.parent_span_id, span.kind == "llm", has_usage, span.response_id, span.start_us)


def _errors(own: Sequence[Span | SpanFacts]) -> int:
    """One failure fails every span around it: counted where no child failed."""
    failed = {span.span_id for span in own if span.status == "error"}
    if len(failed) < 2:
        return len(failed)
    around = {span.parent_span_id for span in own if span.status == "error" and span.parent_span_id != span.span_id}
    return len(failed - around)


def _first(values: Iterable[Any]) -> Any:
    """The first that is not empty, else the empty string."""
    return next((value for value in values if value), "")

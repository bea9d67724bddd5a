"""The shapes of the API's answers.

Every JSON document under `/api/v1` is one of these records, and `/openapi.json` is made from them; the web UI's types
are generated from that file in turn. Times are UTC, ISO 8601 with microseconds and a `Z`. Costs are USD. Ids are
strings. A number that is not known is `null`, never 0.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ...limits import ID_CHARACTERS
from ..http.bodies import check_body

SpanKind = Literal["llm", "tool", "retrieval", "agent", "chain", "embedding", "other"]
SpanStatus = Literal["ok", "error", "unset"]
SessionStatus = Literal["active", "idle", "ended"]


class Record(BaseModel):
    """A part of an answer; unknown fields are a programming error."""

    model_config = ConfigDict(
        extra="forbid", use_attribute_docstrings=True, json_schema_serialization_defaults_required=True
    )


class Total(Record):
    value: int
    exact: bool
    """False where counting was cut short; `value` is then a lower bound."""


class Numbers(Record):
    """What adds up: each is a sum of stored numbers over LLM calls that count (`duplicate_of` is null)."""

    traces: int
    llm_calls: int
    input_tokens: int
    """Cached tokens included."""
    output_tokens: int
    """Reasoning tokens included."""
    cached_tokens: int
    reasoning_tokens: int
    cost_usd: float
    """Sum over priced calls; `unpriced_calls` says how many are missing in it."""
    unpriced_calls: int
    errors: int
    """Failing spans, counted where the error happened: the innermost one of a chain."""
    tool_calls: int
    feedback_up: int
    feedback_down: int


class User(Numbers):
    user_id: str
    traits: dict[str, Any]
    aliases: list[str]
    first_seen: str
    last_seen: str
    sessions: int
    latency_p50_ms: float | None
    """Of LLM calls."""
    latency_p95_ms: float | None
    models: list[str]
    derived: bool
    """True where every trace got this id from a provider's own end-user field."""
    window: Numbers | None = None
    """The part inside `from … to`, where a list was asked for a window."""


class Session(Numbers):
    session_id: str
    user_id: str | None
    user_name: str | None
    """The user's name, where the application told one (trait `name`, `full_name` or `email`)."""
    users: list[str]
    """More than one where traces of the session name different users."""
    name: str | None
    status: SessionStatus
    """`active`: activity in the last 5 minutes, not ended; `idle`: none since; `ended`: ended, and nothing after it."""
    outcome: str | None
    started_at: str
    last_activity: str
    ended_at: str | None
    duration_ms: float
    latency_p50_ms: float | None
    latency_p95_ms: float | None
    models: list[str]
    tags: list[str]
    environment: str | None
    release: str | None
    metadata: dict[str, Any]
    first_input: str | None
    """Preview, at most 200 characters."""
    last_output: str | None
    window: Numbers | None = None


class Origin(Record):
    """Where an id of a trace came from."""

    value: str
    source: Literal["assigned", "application", "provider", "session"]
    """`assigned`: set through the API; `application`: an attribute of a span; `provider`: the provider's own end-user
    field; `session`: taken over from the trace's session."""
    span_id: str | None
    attribute: str | None


class Resolution(Origin):
    overrode: list[Origin]
    """What was also said, and lost."""


class Identity(Record):
    session: Resolution | None
    user: Resolution | None


class TraceRow(Numbers):
    """A trace without its spans."""

    trace_id: str
    session_id: str | None
    user_id: str | None
    user_name: str | None
    name: str
    started_at: str
    duration_ms: float
    status: SpanStatus
    spans_total: int
    models: list[str]
    tags: list[str]
    environment: str | None
    release: str | None
    input_preview: str | None
    """What the person newly said, at most 200 characters."""
    output_preview: str | None


class Part(Record):
    """A part of a message, in the form of the GenAI conventions; parts of unknown types are kept as they came."""

    model_config = ConfigDict(extra="allow", use_attribute_docstrings=True)

    type: str
    """`text`, `reasoning`, `tool_call`, `tool_call_response`, `blob`, `uri`, `file`, or the sender's own word."""


class Message(Record):
    model_config = ConfigDict(extra="allow", use_attribute_docstrings=True)

    role: str
    parts: list[Part]
    finish_reason: str | None = None


class Usage(Record):
    input_tokens: int | None
    output_tokens: int | None
    cached_tokens: int | None
    cache_write_tokens: int | None
    reasoning_tokens: int | None


class Tool(Record):
    name: str
    call_id: str | None
    arguments: Any
    result: Any


class SpanEvent(Record):
    name: str
    at: str
    attributes: dict[str, Any]


class Span(Record):
    span_id: str
    parent_span_id: str | None
    kind: SpanKind
    name: str
    started_at: str
    duration_ms: float
    status: SpanStatus
    status_message: str | None
    error_type: str | None
    provider: str | None
    model: str | None
    """The model that answered, else the one asked for."""
    model_requested: str | None
    response_id: str | None
    input_messages: list[Message]
    output_messages: list[Message]
    tool_definitions: list[Any]
    parameters: dict[str, Any]
    """Request parameters (`temperature`, `max_tokens`, …)."""
    input: Any
    """What went into a span that is no LLM call."""
    output: Any
    usage: Usage | None
    cost_usd: float | None
    cost_source: Literal["computed", "reported"] | None
    time_to_first_token_ms: float | None
    streaming: bool
    finish_reasons: list[str]
    session_id: str | None
    user_id: str | None
    provider_user: str | None
    tool: Tool | None
    duplicate_of: str | None
    """The span that already counts for the same call."""
    marks: list[str]
    """What the server mended or noticed: `clock_clamped`, `ended_before_start`, `missing_parent`, `truncated`, …"""
    environment: str | None
    release: str | None
    tags: list[str]
    metadata: dict[str, Any]
    events: list[SpanEvent]
    attributes: dict[str, Any]
    """Everything as sent, resource and scope included under `resource` and `scope`."""


class Score(Record):
    score_id: str
    name: str
    value: float | None
    label: str | None
    comment: str | None
    source: Literal["feedback", "check", "evaluation"]
    at: str
    user_id: str | None
    session_id: str | None
    trace_id: str | None
    span_id: str | None
    metadata: dict[str, Any]


class LogEntry(Record):
    """Something that the application logged inside a trace or a session."""

    name: str
    at: str
    trace_id: str | None
    span_id: str | None
    body: Any


class Trace(TraceRow):
    identity: Identity
    metadata: dict[str, Any]
    spans: list[Span]
    """By start time; parents first where times are equal. At most the first 1,000: `spans_omitted` says how many more
    there are, `?spans=light` gives all of them, and each has an address of its own."""
    spans_omitted: int
    scores: list[Score]
    logs: list[LogEntry]


class LightSpans(Record):
    """The spans of a trace as columns of equal length, without content: what a tree and a waterfall need."""

    span_id: list[str]
    parent: list[int | None]
    """Index of the parent in these columns; null for roots and for spans whose parent was never received."""
    orphan: list[int]
    """Indices of the spans that name a parent which was never received."""
    kind: list[SpanKind]
    name: list[int]
    """Index into `names`."""
    names: list[str]
    model: list[int | None]
    """Index into `models`."""
    models: list[str]
    start_us: list[int]
    """Microseconds since the start of the trace; negative where a clock ran behind."""
    duration_us: list[int]
    status: list[SpanStatus]
    cost_usd: list[float | None]
    tokens: list[int | None]
    """Input and output together."""
    duplicate: list[int]
    """Indices of the spans whose call another span already counts for."""


class LightTrace(TraceRow):
    """A trace as `?spans=light` gives it."""

    identity: Identity
    metadata: dict[str, Any]
    spans: LightSpans
    scores: list[Score]
    logs: list[LogEntry]


class ToolUse(Record):
    """A tool call as one fact: what the model asked for and what came back."""

    name: str
    call_id: str | None
    span_id: str | None
    """The tool's own span, or the LLM call that asked, where the tool left no span."""
    arguments: Any
    result: Any
    status: SpanStatus
    status_message: str | None
    at: str | None
    duration_ms: float | None


class TurnError(Record):
    span_id: str
    span_name: str
    type: str | None
    message: str | None
    at: str


class Earlier(Record):
    count: int
    """Messages of the first LLM call of the turn that stood in an earlier turn."""
    rewritten: bool
    """True where they differ from what was said then."""


class SystemPrompt(Record):
    hash: str
    text: str
    changed: bool
    """Differs from the turn before (false in the first)."""


class TurnMessage(Message):
    span_id: str
    """The span that brought the message in or out."""
    at: str
    inner: bool
    """True where it belongs to work behind the scenes (a call made inside a tool or a sub-agent): the person neither
    wrote nor read it."""


class Omitted(Record):
    """What a turn holds beyond what a page shows of it; the trace has the rest."""

    llm_calls: int
    """Calls whose messages were not read: those in the middle of a turn of very many."""
    messages: int
    tools: int
    errors: int


class Turn(Record):
    """A trace of a session, read as a person would."""

    n: int
    """From 1, in order of start time."""
    trace_id: str
    name: str
    user_id: str | None
    started_at: str
    duration_ms: float
    wait_ms: float
    """How long the person waited: start of the trace to its end."""
    think_ms: float | None
    """From the end of the turn before to the start of this one; null in the first."""
    status: SpanStatus
    new_messages: list[TurnMessage]
    """In the order of the conversation; what earlier turns already showed is left out. Of more than 1,000 those in the
    middle are left out too, as of `tools`, and of more than 200 `errors`."""
    earlier: Earlier
    system_prompt: SystemPrompt | None
    tools: list[ToolUse]
    errors: list[TurnError]
    scores: list[Score]
    logs: list[LogEntry]
    llm_calls: int
    models: list[str]
    usage: Usage
    cost_usd: float | None
    time_to_first_token_ms: float | None
    omitted: Omitted


class TurnMark(Record):
    """One bucket of a session's time strip: a turn, or several where a session has more than 2,000."""

    n: int
    """First turn of the bucket."""
    turns: int
    at: str
    wait_ms: float
    model_ms: float
    tool_ms: float
    gap_ms: float
    errors: int
    feedback_up: int
    feedback_down: int


class SessionDetail(Session):
    turns_total: int
    strip: list[TurnMark]
    scores: list[Score]
    """Those that judge the session as a whole."""


class UserPage(Record):
    items: list[User]
    total: Total | None
    next_cursor: str | None


class SessionPage(Record):
    items: list[Session]
    total: Total | None
    next_cursor: str | None


class TracePage(Record):
    items: list[TraceRow]
    total: Total | None
    next_cursor: str | None


class TurnPage(Record):
    items: list[Turn]
    total: Total
    previous_cursor: str | None
    """Leads to the turns before these."""
    next_cursor: str | None


class ScorePage(Record):
    items: list[Score]
    total: Total | None
    next_cursor: str | None


class DeadLetter(Record):
    """Something acknowledged that could not be read or stored."""

    id: str
    """Where it stands in the log."""
    at: str
    kind: str
    """`entry` for a whole request, else the kind of the record; `bytes` for a damaged stretch of the log."""
    reason: str


class DeadLetterPage(Record):
    items: list[DeadLetter]
    total: Total
    next_cursor: str | None


class Body(Record):
    """What a caller sends; all of it can be kept and read back."""

    @model_validator(mode="before")
    @classmethod
    def _check(cls, given: Any) -> Any:
        check_body(given)
        return given


class NewScore(Body):
    """A judgement to be kept; one of `trace_id`, `session_id`, `user_id` says on what."""

    name: str = Field(min_length=1, max_length=200)
    value: float | None = None
    """Feedback is 0 … 1."""
    label: str | None = Field(default=None, max_length=200)
    """`up`, `down`, `pass`, `fail`, or a word of one's own."""
    comment: str | None = Field(default=None, max_length=16_384)
    source: Literal["feedback", "check", "evaluation"] = "feedback"
    trace_id: str | None = Field(default=None, pattern="^[0-9a-f]{32}$")
    span_id: str | None = Field(default=None, pattern="^[0-9a-f]{16}$")
    session_id: str | None = Field(default=None, min_length=1, max_length=ID_CHARACTERS)
    user_id: str | None = Field(default=None, min_length=1, max_length=ID_CHARACTERS)
    metadata: dict[str, Any] = {}
    score_id: str | None = Field(default=None, min_length=1, max_length=200)
    """Give one to make the call repeatable: a score is kept once."""


class SessionPatch(Body):
    """What shall be different about a session; at least one of them."""

    user_id: str | None = Field(default=None, min_length=1, max_length=ID_CHARACTERS)
    """Assigns the session, and every trace of it, to this user, whatever the spans say."""
    name: str | None = Field(default=None, min_length=1, max_length=200)
    ended: Literal[True] | None = None
    """Ends the session now; activity after that resumes it."""
    outcome: str | None = Field(default=None, min_length=1, max_length=200)
    """`completed`, `failed`, `abandoned`, or a word of one's own; ends the session too."""


class UserPatch(Body):
    """What shall be different about a user; at least one of them."""

    traits: dict[str, Any] | None = None
    """Values by name; others stay as they are."""
    aliases: list[Annotated[str, Field(min_length=1, max_length=ID_CHARACTERS)]] | None = Field(
        default=None, max_length=1000
    )
    """Every other id of the same person. Their activity counts as this user's; one that is left out is taken back, and
    has its own again. An id that was another user's alias becomes this one's."""


class ErasurePlan(Record):
    """What an erasure concerns."""

    user_ids: list[str]
    """Every id that is erased: the one that was asked for, those that were linked to it through the API, and with
    `include_aliases` the claimed ones."""
    claimed_ids: list[str]
    """Ids that only an application linked to the user, and under which something is recorded; they are not erased."""
    counts: dict[str, int]
    """Rows by kind: `spans`, `traces`, `sessions`, `scores`, `log_entries`, `session_events`, `user_events`, `users`,
    `activity`; `shared_sessions` stay, without this person's traces."""
    erasure_id: str | None
    """Where the receipt will be; null for a dry run."""


class ErasurePart(Record):
    part: str
    """`requested`, `tables` (what was found and is gone), `log …` (records taken out of the kept files of one node's
    log and of its dead letters), `disk` (nothing of before is left on the disk), `lifted`."""
    at: str
    counts: dict[str, int]


class Erasure(Record):
    """The receipt of an erasure. It names nobody."""

    erasure_id: str
    state: Literal["requested", "erased", "purged"]
    is_lifted: bool
    parts: list[ErasurePart]
    refused: dict[str, int]
    """Records by kind that arrived afterwards and were dropped."""


class ErasurePage(Record):
    items: list[Erasure]


class Kept(Record):
    """What was written is on disk, and will be readable within a moment."""

    id: str


class Match(Record):
    """Where in a snippet the words stand, in characters."""

    role: Literal["user", "assistant"]
    start: int
    length: int


class Found(Record):
    type: Literal["user", "session", "trace", "span"]
    id: str
    title: str
    snippet: str | None
    """Where the words were found; at most 200 characters."""
    at: str | None
    url: str
    """Its page, a path on this server."""
    match: Match | None = None
    """The first place of the words in the snippet."""


class FoundPage(Record):
    items: list[Found]


class SessionMatch(Match):
    """A place in a session where words were said."""

    n: int
    """The turn: `turns?around=n` shows it."""
    trace_id: str
    span_id: str
    snippet: str


class SessionFound(Record):
    items: list[SessionMatch]
    """In the order of the conversation, at most 1,000."""
    turns: int
    """How many turns hold them."""
    more: bool
    """There are more places than these."""


class FieldInfo(Record):
    name: str
    type: Literal["text", "number", "duration", "cost", "time", "word", "set", "flag"]
    """`word` has few values, `set` holds several of them."""
    operators: list[str]
    unit: str | None
    sortable: bool
    facets: bool
    """`/facets` lists its values."""
    histogram: bool
    values: list[str] | None
    """All that there can be, where that is known."""
    description: str


class Fields(Record):
    items: list[FieldInfo]
    grammar: str


class Facet(Record):
    value: str
    count: int


class Facets(Record):
    items: list[Facet]
    more: bool


class Histogram(Record):
    edges: list[float]
    """One more than `counts`; a bin holds its lower edge, the last one also its upper."""
    counts: list[int]
    log: bool
    """Bins of equal ratio instead of equal width."""


class Series(Record):
    metric: str
    by: str | None
    """The value of the field by which the metric is split; null where it is not."""
    values: list[float | None]
    previous: list[float | None] | None
    """The window before, of equal length, where `compare=previous` was asked."""


class Metrics(Record):
    interval_s: int
    times: list[str]
    """Start of each interval."""
    series: list[Series]
    totals: dict[str, float | None]
    """Of the whole window, exactly: not a sum of the series where that would count a user twice."""
    previous_totals: dict[str, float | None] | None


class JourneyEntry(Record):
    """A thing that happened to a user."""

    at: str
    type: Literal["session", "error", "feedback", "release", "model", "gap", "first", "return"]
    session_id: str | None
    trace_id: str | None
    title: str | None
    text_in: str | None
    text_out: str | None
    turns: int | None
    duration_ms: float | None
    wait_ms: float | None
    """How long the person waited, all turns together."""
    cost_usd: float | None
    errors: int | None
    severity: Literal["none", "notice", "warning", "error"]


class JourneyPage(Record):
    items: list[JourneyEntry]
    total: Total | None
    next_cursor: str | None


class Alive(Record):
    status: Literal["ok"]


class Me(Record):
    """What a client needs to know about this server, once at its start."""

    project: str
    version: str
    loopback: bool
    ingest_url: str
    data_version: str
    features: list[str]


class Ready(Record):
    status: Literal["ready", "starting", "behind"]
    engine: bool
    worker: bool
    backlog_bytes: int
    """Acknowledged and not yet queryable."""
    dead_letters: int
    """Set aside because it could not be read or stored, of all projects; `/api/v1/dead-letters` says why."""


class Fault(Record):
    code: str
    """A stable word: `not_found`, `invalid_filter`, `invalid_cursor`, `too_large`, …"""
    message: str
    hint: str | None = None
    field: str | None = None
    position: int | None = None
    """Where in the value, counted from 0 in characters."""


class ErrorAnswer(Record):
    error: Fault = Field()

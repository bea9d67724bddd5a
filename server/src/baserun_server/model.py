"""The records that travel through the server: what every dialect of the wire is read into, and what the store keeps.

Plain values only; nothing here does I/O or imports anything else of ours. Times are microseconds since the epoch (UTC),
ids lower-case hex, costs nano-dollars (1 USD = 10^9), so that sums are exact. Text that is unknown is the empty string
and a number that is unknown is None, as the store keeps them.
"""

from typing import Any

import msgspec

KINDS = ("llm", "tool", "retrieval", "agent", "chain", "embedding", "other")
STATUSES = ("unset", "ok", "error")


class Event(msgspec.Struct):
    """Something that happened at a moment inside a span."""

    name: str
    at_us: int
    attributes: dict[str, Any]


SAID_SEPARATOR = "\x1e"
"""Stands in `Span.said` between what the user said and what the assistant did."""


class Span(msgspec.Struct, kw_only=True):
    """A timed step of a trace, normalised: the same fields whichever SDK sent it."""

    project_id: str
    trace_id: str
    """32 hex digits."""
    span_id: str
    """16 hex digits."""
    parent_span_id: str = ""
    kind: str = "other"
    name: str = ""
    scope: str = ""
    """The instrumentation that made it."""
    trace_name: str = ""
    """Name that this span gives to its trace, where the sender named it."""
    start_us: int
    end_us: int
    status: str = "unset"
    status_message: str = ""
    error_type: str = ""

    session_id: str = ""
    """As this span itself says; what holds for the trace is resolved in the roll-up."""
    session_attribute: str = ""
    """The attribute that said so."""
    user_id: str = ""
    user_attribute: str = ""
    provider_user: str = ""
    """The provider's own end-user field."""
    provider_user_attribute: str = ""

    provider: str = ""
    model: str = ""
    """The model that answered, else the one asked for."""
    model_requested: str = ""
    response_id: str = ""
    completion_id: str = ""
    streaming: bool = False
    time_to_first_token_us: int | None = None
    finish_reasons: list[str] = []
    input_tokens: int | None = None
    """Inclusive of cached tokens."""
    output_tokens: int | None = None
    """Inclusive of reasoning tokens."""
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None
    reasoning_tokens: int | None = None
    usage_details: dict[str, int] = {}
    """Further parts of the input and the output, where they are paid otherwise: `cache_write_1h`, `audio_input`, …"""
    service_tier: str = ""
    """As what the provider says that the call was ordered: `flex`, `priority`, …"""
    cost_nano_usd: int | None = None
    cost_source: str = ""
    """`computed` by our prices, or `reported` by the sender."""
    cost_reported_nano_usd: int | None = None
    """What the sender said that it cost, whether that is what counts or not."""
    cost_is_bill: bool = False
    """Whether who reported it is who asks for it, a gateway, or the application itself, and no list of prices."""

    input_messages: list[dict[str, Any]] = []
    """Parts form; a system prompt stands in front with role `system`."""
    output_messages: list[dict[str, Any]] = []
    said: str = ""
    """What users and assistants newly said (`ingest/said.py`): the user's part, `SAID_SEPARATOR`,
    the assistant's; empty where nothing was."""
    tool_definitions: list[Any] = []
    parameters: dict[str, Any] = {}
    input: Any = None
    """What went into a span that is no LLM call."""
    output: Any = None
    tool_name: str = ""
    tool_call_id: str = ""
    tool_arguments: Any = None
    tool_result: Any = None

    environment: str = ""
    release: str = ""
    service: str = ""
    tags: list[str] = []
    metadata: dict[str, Any] = {}
    events: list[Event] = []
    input_preview: str = ""
    """What a list shows of what went in and came out (`store/facts/preview.py`)."""
    output_preview: str = ""
    told_apart: bool = False
    """Whether messages that arrived apart from the span made its previews, in the roll-up."""
    as_sent: dict[int, tuple[Any, str]] = {}
    """Values of the fields above whose JSON text need not be written again, because it is as it was sent: by their
    `id`, with the value beside its text so that no other value takes the id."""
    written_out: bool = False
    """Whether the fields of JSON columns hold their text (`msgspec.Raw`) in place of values (`writing_out.py`)."""
    marks: list[str] = []
    """What was repaired or noticed on the way: `clock_clamped`, `ended_before_start`, `id_made`, `type_mended`, …"""
    attributes: dict[str, Any] = {}
    """As sent, without the content that stands in the fields above; `resource` and `scope` hold theirs. Values that
    were repaired are kept as `baserun.sent.*`."""
    received_us: int


class SessionEvent(msgspec.Struct, kw_only=True):
    """Start or end of a session, or its assignment to a user through the API."""

    project_id: str
    event_id: str
    kind: str
    """`start`, `end`, `assign`."""
    session_id: str
    user_id: str = ""
    name: str = ""
    outcome: str = ""
    metadata: dict[str, Any] = {}
    at_us: int
    received_us: int


class UserEvent(msgspec.Struct, kw_only=True):
    """Traits or another id of a user; later values of a trait replace earlier ones."""

    project_id: str
    event_id: str
    user_id: str
    traits: dict[str, Any] = {}
    alias: str = ""
    """Another id of the same person …"""
    unlinks: bool = False
    """… or one that no longer is."""
    confirmed: bool = False
    """Whether it was said through the API. What a sender says joins numbers; an erasure does not follow it unasked."""
    at_us: int
    received_us: int


class Score(msgspec.Struct, kw_only=True):
    """A judgement on a span, a trace, a session or a user: the most exact of the ids that are set."""

    project_id: str
    score_id: str
    name: str
    value: float | None = None
    label: str = ""
    comment: str = ""
    source: str = "feedback"
    """`feedback` of a person, `check` of a program, `evaluation`."""
    trace_id: str = ""
    span_id: str = ""
    session_id: str = ""
    user_id: str = ""
    response_id: str = ""
    """The provider's id of the LLM call it judges, where the sender knew no span id."""
    completion_id: str = ""
    metadata: dict[str, Any] = {}
    at_us: int
    received_us: int


class Log(msgspec.Struct, kw_only=True):
    """Something that the application logged, tagged or added later.

    `kind` is `log`, `tag`, `variable`, `update` (of a trace), `loss` (the SDK's report of what it had to drop),
    `failure` or `content`. A failure is an exception that a span failed with, told apart from it; its body is
    `{"type"?, "message"?, "stacktrace"?}`. Content is messages of an LLM call that its SDK sent apart from the span;
    its body is `{"input_messages"?, "output_messages"?, "tool_definitions"?}`. The entries of one span follow each
    other by time, then in the order in which they were sent, and count where the span with that project, trace and span
    id has no messages of its own.
    """

    project_id: str
    log_id: str
    kind: str
    name: str
    body: Any = None
    trace_id: str = ""
    span_id: str = ""
    session_id: str = ""
    user_id: str = ""
    response_id: str = ""
    completion_id: str = ""
    metadata: dict[str, Any] = {}
    at_us: int
    at_ns: int = 0
    """Nanoseconds after `at_us`: many clocks tick more finely than we store, and the order of messages counts."""
    number: int = 0
    """Place in its request."""
    received_us: int


class Batch(msgspec.Struct):
    """What one group of acknowledged requests was read into; stored as a whole or not at all.

    `token` names the stretch of the write-ahead log that it came from (`log/segment:first-last`, or
    `log/segment:first-segment:last` where that lies in two files), the same at every replay.
    """

    token: str
    spans: list[Span] = []
    session_events: list[SessionEvent] = []
    user_events: list[UserEvent] = []
    scores: list[Score] = []
    logs: list[Log] = []

    @property
    def size(self) -> int:
        """How many records it holds, of every kind."""
        return sum(len(getattr(self, name)) for name in LISTS)


LISTS = Batch.__struct_fields__[1:]
"""The lists of a batch, each of records of one kind."""

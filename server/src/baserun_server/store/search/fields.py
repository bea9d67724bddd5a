"""What users, sessions and traces can be filtered and sorted by: each field with its meaning in SQL.

`compile.py` makes conditions of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from .. import statements
from ..rollups.latency import BASE
from ..rollups.sums import NUMBERS, OF_TRACE, SHOWN

Type = Literal["text", "word", "set", "number", "duration", "cost", "time", "flag"]

ACTIVE_US = 300 * 10**6
"""Users and sessions are active for five minutes after their latest activity."""
TEXT_OPERATORS = (":", "~", "has")
ORDER_OPERATORS = (":", ">", ">=", "<", "<=", "has")
FLAG_OPERATORS = (":",)
SAID_OPERATORS = (":", "~")


@dataclass(frozen=True)
class Field:
    """A field of a list. `sql` is its value: text, an array of texts, a number, microseconds or nano-dollars; empty for
    what is no value of the row."""

    name: str
    type: Type
    sql: str
    description: str
    nullable: bool = False
    values: tuple[str, ...] | None = None
    sortable: bool = True
    column: str = ""
    """The column that has the same order, where `sql` makes something of it: the engine then skips what lies behind the
    page."""

    @property
    def operators(self) -> tuple[str, ...]:
        """The operators that the field takes."""
        if not self.sql:
            return SAID_OPERATORS
        if self.type == "flag":
            return FLAG_OPERATORS
        return TEXT_OPERATORS if self.type in ("text", "word", "set") else ORDER_OPERATORS

    @property
    def has_facets(self) -> bool:
        """Whether its values can be listed."""
        return self.type in ("text", "word", "set") and bool(self.sql)

    @property
    def unit(self) -> str | None:
        """The unit of its numbers."""
        return {"duration": "ms", "cost": "usd"}.get(self.type)

    @property
    def numeric(self) -> bool:
        """Whether a histogram can show its values."""
        return self.type in ("number", "duration", "cost")


def latency_us(share: float) -> str:
    """SQL: microseconds below which this share of the LLM calls lies; NULL for none."""
    return statements.render("fragments", "latency_us", {"base": str(BASE), "share": str(share)})


def _micros(column: str) -> str:
    return f"toUnixTimestamp64Micro({column})"


def _moment(name: str, description: str) -> Field:
    return Field(name, "time", _micros(name), description, column=name)


def _number(name: str) -> Iterator[Field]:
    meaning = NUMBERS[name].meaning
    if name == "input_tokens":
        yield Field("tokens", "number", "(input_tokens + output_tokens)", "input and output tokens")
    if name == "cost_nano_usd":
        yield Field("cost_usd", "cost", name, meaning)
    else:
        yield Field(name, "number", name, meaning)


_TRACES = tuple(_number("traces"))
_SPANS = tuple(_number("spans_total"))
_NUMBERS = tuple(field for name in SHOWN if name in OF_TRACE for field in _number(name))
_LATENCIES = (
    Field("latency_p50_ms", "duration", latency_us(0.5), "median duration of the LLM calls", nullable=True),
    Field("latency_p95_ms", "duration", latency_us(0.95), "95th percentile of the LLM calls' durations", nullable=True),
)
SAID = Field("said", "text", "", "a word or phrase that was said", sortable=False)
_STATUS_OF_USER, _STATUS_OF_SESSION = (
    statements.render("fragments", name, {"active_us": str(ACTIVE_US)})
    for name in ("status_of_user", "status_of_session")
)

USERS = (
    Field("user_id", "text", "user_id", "the user's id"),
    Field("alias", "set", "aliases", "other ids of the user", sortable=False),
    _moment("first_seen", "first activity"),
    _moment("last_seen", "latest activity"),
    Field(
        "status",
        "word",
        _STATUS_OF_USER,
        "active in the last 5 minutes, or idle",
        values=("active", "idle"),
    ),
    Field("sessions", "number", "sessions", "sessions"),
    *_TRACES,
    *_NUMBERS,
    *_LATENCIES,
    Field("model", "set", "models", "models that answered", sortable=False),
    Field("provider", "set", "providers", "providers of the models", sortable=False),
    Field("tag", "set", "tags", "tags of the traces", sortable=False),
    Field("environment", "set", "environments", "where the application ran", sortable=False),
    Field("release", "set", "releases", "releases of the application", sortable=False),
    SAID,
    Field("derived", "flag", "derived", "the id comes from a provider's own end-user field only", sortable=False),
)
SESSIONS = (
    Field("session_id", "text", "session_id", "the session's id"),
    Field("user_id", "text", "user_id", "the user of the session"),
    Field("user", "set", "users", "everyone whose traces stand in the session", sortable=False),
    Field("name", "text", "name", "name that the application gave"),
    Field(
        "status",
        "word",
        _STATUS_OF_SESSION,
        "active in the last 5 minutes, idle, or ended",
        values=("active", "idle", "ended"),
    ),
    Field("outcome", "word", "outcome", "how it ended, in the application's words"),
    _moment("started_at", "start"),
    _moment("last_activity", "latest activity"),
    Field(
        "duration_ms",
        "duration",
        f"({_micros('last_activity')} - {_micros('started_at')})",
        "from start to latest activity",
    ),
    *_TRACES,
    *_NUMBERS,
    *_LATENCIES,
    Field("model", "set", "models", "models that answered", sortable=False),
    Field("provider", "set", "providers", "providers of the models", sortable=False),
    Field("tag", "set", "tags", "tags", sortable=False),
    Field("environment", "word", "environment", "where the application ran"),
    Field("release", "word", "release", "release of the application"),
    SAID,
)
TRACES = (
    Field("trace_id", "text", "trace_id", "the trace's id"),
    Field("session_id", "text", "session_id", "the session of the trace"),
    Field("user_id", "text", "effective_user", "the user of the trace"),
    Field("name", "text", "name", "name of the trace"),
    _moment("started_at", "start"),
    Field("duration_ms", "duration", f"({_micros('ended_at')} - {_micros('started_at')})", "from start to end"),
    Field("status", "word", "status", "how the trace ended", values=("ok", "error", "unset")),
    *_SPANS,
    *_NUMBERS,
    *_LATENCIES,
    Field("model", "set", "models", "models that answered", sortable=False),
    Field("provider", "set", "providers", "providers of the models", sortable=False),
    Field("tag", "set", "tags", "tags", sortable=False),
    Field("environment", "word", "environment", "where the application ran"),
    Field("release", "word", "release", "release of the application"),
    SAID,
)
FIELDS: Mapping[str, tuple[Field, ...]] = {"users": USERS, "sessions": SESSIONS, "traces": TRACES}
FREE_KEYS: Mapping[str, Mapping[str, str]] = {
    "users": {"trait": "traits"},
    "sessions": {"meta": "metadata"},
    "traces": {"meta": "metadata"},
}
"""Fields with keys of the application's own, and the maps (key to JSON text) that hold them."""
KEYS_WITHIN: Mapping[str, tuple[str, ...]] = {"users": ("meta",), "sessions": (), "traces": ()}
"""The same, where a list's rows have none but their sessions and traces do."""
SHORT_NAMES = {
    "user": "user_id",
    "session": "session_id",
    "trace": "trace_id",
    "started": "started_at",
    "turns": "traces",
    "duration": "duration_ms",
    "cost": "cost_usd",
    "latency": "latency_p95_ms",
    "tags": "tag",
    "models": "model",
    "spans": "spans_total",
}
"""Words that people also use for a field, where the list has none of that very name."""


def find_field(resource: str, name: str) -> Field | None:
    """Find the field of a list by its name, or by another common word for it."""
    known = {known.name: known for known in FIELDS[resource]}
    return known.get(name) or known.get(SHORT_NAMES.get(name, ""))


def names_of(resource: str) -> str:
    """The names that can be used, for a hint."""
    free = [f"{name}.<key>" for name in (*FREE_KEYS[resource], *KEYS_WITHIN[resource], "score")]
    return ", ".join([*(known.name for known in FIELDS[resource]), *free])

"""Roll-ups as rows: columns, types, and how a record's value becomes the column's."""

from typing import NamedTuple

import msgspec

from ..facts.rows import MOMENT, STRINGS, Column, field, moments, same
from .activity import ActivityRow
from .sessions import SessionRow
from .sums import OF_TRACE, SETS
from .traces import SaidApart, TraceRow
from .users import UserRow

WORD_TEXTS = "Map(String, String)"
CLAIMS = "Array(Tuple(String, String, String, String))"

NUMBERS: list[Column] = [
    *(field(name, number.type, name) for name, number in OF_TRACE.items()),
    *same("Map(UInt16, UInt32)", "latency"),
]

TRACES: list[Column] = [
    *same("String", "project_id", "session_id", "user_id", "trace_id", "app_user", "provider_user", "name", "status"),
    *same("Date", "day"),
    *same(CLAIMS, "sessions_said", "users_said"),
    *moments(started_at="start_us", ended_at="end_us"),
    *NUMBERS,
    *same("Int64", "model_us", "tool_us"),
    *same(STRINGS, "models", "providers", "tags"),
    *same("String", "environment", "release", "input_preview", "output_preview"),
    *same(WORD_TEXTS, "metadata"),
    *same("UInt8", "is_deleted"),
]

SESSIONS: list[Column] = [
    *same("String", "project_id", "session_id", "user_id", "assigned_user", "app_user", "provider_user"),
    *same(STRINGS, "users", "user_keys"),
    *same("String", "name", "outcome"),
    *same(WORD_TEXTS, "metadata"),
    *moments(started_at="start_us", last_activity="last_us"),
    field("ended_at", f"Nullable({MOMENT})", "ended_us"),
    *same("Array(Date)", "days"),
    *same("UInt64", "traces"),
    *NUMBERS,
    *same(STRINGS, "models", "providers", "tags"),
    *same("String", "environment", "release", "first_input", "last_output"),
    *same("UInt8", "is_deleted"),
]

ACTIVITY: list[Column] = [
    *same("String", "project_id", "user_id", "session_id"),
    *same("Date", "day"),
    *moments(first_at="first_us", last_at="last_us"),
    *same("UInt64", "traces"),
    *NUMBERS,
    *same(STRINGS, *SETS),
    *same("UInt8", "derived", "is_deleted"),
]

USERS: list[Column] = [
    *same("String", "project_id", "user_id"),
    *same(WORD_TEXTS, "traits"),
    *same(STRINGS, "aliases"),
    *moments(first_seen="first_us", last_seen="last_us"),
    *same("UInt64", "sessions", "traces"),
    *NUMBERS,
    *same(STRINGS, *SETS),
    *same("UInt8", "derived", "is_deleted"),
]


SAID_APART: list[Column] = [
    *same("String", "project_id", "trace_id", "span_id", "session_id"),
    *moments(started_at="start_us"),
    *same("String", "said"),
    *same("UInt8", "is_deleted"),
]


class ComingTrace(NamedTuple):
    """A row of `trace_keys` that says that a newer row of the trace is coming."""

    project_id: str
    trace_id: str
    first_hour: int
    last_hour: int
    first_batch: int
    last_batch: int
    reckoned: int


class SessionKeysRow(msgspec.Struct):
    """A row of `session_keys`."""

    project_id: str
    session_id: str
    days: set[int]
    user_keys: set[str]


class HourVersion(msgspec.Struct):
    """The mark that something of an hour of a project became visible."""

    project_id: str
    hour: int = 0
    """In seconds since the epoch; 0 for what has no trace."""


TABLES: dict[type, tuple[str, list[Column]]] = {
    TraceRow: ("traces", TRACES),
    SessionRow: ("sessions", SESSIONS),
    ActivityRow: ("activity", ACTIVITY),
    UserRow: ("users", USERS),
    SaidApart: ("said_apart", SAID_APART),
    HourVersion: ("hour_versions", [*same("String", "project_id"), *same("DateTime('UTC')", "hour")]),
    ComingTrace: (
        "trace_keys",
        [
            *same("String", "project_id", "trace_id"),
            *same("DateTime('UTC')", "first_hour", "last_hour"),
            *same("UInt64", "first_batch", "last_batch", "reckoned"),
        ],
    ),
    SessionKeysRow: (
        "session_keys",
        [*same("String", "project_id", "session_id"), *same("Array(Date)", "days"), *same(STRINGS, "user_keys")],
    ),
}
"""By the record: its table and the columns that it fills; `version` is added, but to those of `UNVERSIONED`."""
UNVERSIONED = {ComingTrace, SessionKeysRow}
"""What only grows."""

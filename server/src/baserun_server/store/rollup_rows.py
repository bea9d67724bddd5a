"""Roll-ups as rows: columns, types, and how a record's value becomes the column's."""

from operator import attrgetter
from typing import NamedTuple

import msgspec

from .rows import MOMENT, STRINGS, Column
from .totals import SETS, ActivityRow, HourVersion, SessionRow, TraceRow, UserRow

WORD_TEXTS = "Map(String, String)"
CLAIMS = "Array(Tuple(String, String, String, String))"


def _same(type_: str, *names: str) -> list[Column]:
    return [(name, type_, attrgetter(name)) for name in names]


def _at(**fields: str) -> list[Column]:
    return [(column, MOMENT, attrgetter(field)) for column, field in fields.items()]


NUMBERS: list[Column] = [
    *_same("UInt64", "spans_total", "llm_calls"),
    *_same("Int64", "input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens", "cost_nano_usd"),
    *_same("UInt64", "unpriced_calls", "errors", "tool_calls", "feedback_up", "feedback_down"),
    *_same("Map(UInt16, UInt32)", "latency"),
]

TRACES: list[Column] = [
    *_same("String", "project_id", "session_id", "user_id", "trace_id", "app_user", "provider_user", "name", "status"),
    *_same("Date", "day"),
    *_same(CLAIMS, "sessions_said", "users_said"),
    *_at(started_at="start_us", ended_at="end_us"),
    *NUMBERS,
    *_same("Int64", "model_us", "tool_us"),
    *_same(STRINGS, "models", "providers", "tags"),
    *_same("String", "environment", "release", "input_preview", "output_preview"),
    *_same(WORD_TEXTS, "metadata"),
    *_same("UInt8", "is_deleted"),
]

SESSIONS: list[Column] = [
    *_same("String", "project_id", "session_id", "user_id", "assigned_user", "app_user", "provider_user"),
    *_same(STRINGS, "users", "user_keys"),
    *_same("String", "name", "outcome"),
    *_same(WORD_TEXTS, "metadata"),
    *_at(started_at="start_us", last_activity="last_us"),
    ("ended_at", f"Nullable({MOMENT})", attrgetter("ended_us")),
    *_same("Array(Date)", "days"),
    *_same("UInt64", "traces"),
    *NUMBERS,
    *_same(STRINGS, "models", "providers", "tags"),
    *_same("String", "environment", "release", "first_input", "last_output"),
    *_same("UInt8", "is_deleted"),
]

ACTIVITY: list[Column] = [
    *_same("String", "project_id", "user_id", "session_id"),
    *_same("Date", "day"),
    *_at(first_at="first_us", last_at="last_us"),
    *_same("UInt64", "traces"),
    *NUMBERS,
    *_same(STRINGS, *SETS),
    *_same("UInt8", "derived", "is_deleted"),
]

USERS: list[Column] = [
    *_same("String", "project_id", "user_id"),
    *_same(WORD_TEXTS, "traits"),
    *_same(STRINGS, "aliases"),
    *_at(first_seen="first_us", last_seen="last_us"),
    *_same("UInt64", "sessions", "traces"),
    *NUMBERS,
    *_same(STRINGS, *SETS),
    *_same("UInt8", "derived", "is_deleted"),
]


class TraceReckoned(NamedTuple):
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


TABLES: dict[type, tuple[str, list[Column]]] = {
    TraceRow: ("traces", TRACES),
    SessionRow: ("sessions", SESSIONS),
    ActivityRow: ("activity", ACTIVITY),
    UserRow: ("users", USERS),
    HourVersion: ("hour_versions", [*_same("String", "project_id"), *_same("DateTime('UTC')", "hour")]),
    TraceReckoned: (
        "trace_keys",
        [
            *_same("String", "project_id", "trace_id"),
            *_same("DateTime('UTC')", "first_hour", "last_hour"),
            *_same("UInt64", "first_batch", "last_batch", "reckoned"),
        ],
    ),
    SessionKeysRow: (
        "session_keys",
        [*_same("String", "project_id", "session_id"), *_same("Array(Date)", "days"), *_same(STRINGS, "user_keys")],
    ),
}
"""By the record: its table and the columns that it fills; `version` is added, but to those of `UNVERSIONED`."""
UNVERSIONED = {TraceReckoned, SessionKeysRow}
"""What only grows."""

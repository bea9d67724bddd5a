"""Records as rows: for each table of facts its columns, their types, and how a record's value becomes the column's."""

import zlib
from collections import defaultdict
from collections.abc import Callable
from hashlib import blake2b
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
import orjson

from .. import model
from .preview import input_preview, output_preview

MOMENT = "DateTime64(6, 'UTC')"
STRINGS = "Array(String)"
NUMBER = "Nullable(Int64)"

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US

Column = tuple[str, str, Callable[[Any], Any]]


def json_text(value: Any) -> str:
    """JSON text of a value; the empty string for None and for what is empty."""
    return json_bytes(value).decode()


def json_bytes(value: Any) -> bytes:
    """The same in UTF-8."""
    if not value and (value is None or isinstance(value, (dict, list))):
        return b""
    try:
        return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS)
    except orjson.JSONEncodeError:
        return orjson.dumps(_writable(value))


def hour_of(at_us: int) -> int:
    """The hour of a moment, in seconds since the epoch."""
    return at_us // HOUR_US * 3600


def month_of(at_us: int) -> int:
    """The month of a moment, as the partitions of the tables count (`toYYYYMM`)."""
    year, month = _civil(at_us // DAY_US)
    return year * 100 + month


def batch_id(token: str) -> int:
    """The number by which the rows of a batch are found again."""
    return int.from_bytes(blake2b(token.encode(), digest_size=8).digest(), "little")


def version_of(record: Any) -> int:
    """The newest version of a record wins; of two received in the same microsecond, one that its content decides.

    Of a span only what is cheap to look at counts as content: this is asked of every span several times.
    """
    if isinstance(record, model.Span):
        content = repr(
            (record.end_us, record.status, record.name, record.input_tokens, record.output_tokens, record.session_id)
        ).encode()
        return (record.received_us << 12) | (zlib.crc32(content) & 0xFFF)
    try:
        content = msgspec.msgpack.encode(record, enc_hook=str)
    except (UnicodeEncodeError, OverflowError):
        content = repr(record).encode("utf-8", "replace")
    return (record.received_us << 12) | (zlib.crc32(content) & 0xFFF)


def _writable(value: Any) -> Any:
    """A value that JSON has words for: half surrogate pairs become `?`, integers beyond 64 bits floats."""
    if isinstance(value, dict):
        return {_writable(str(key)): _writable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_writable(item) for item in value]
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return float(value) if abs(value) < 10**308 else str(value)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return str(value).encode("utf-8", "replace").decode()


def _civil(day: int) -> tuple[int, int]:
    """Year and month of a day since the epoch (Howard Hinnant, chrono-compatible low-level date algorithms)."""
    day += 719_468
    era, day_of_era = divmod(day, 146_097)
    year_of_era = (day_of_era - day_of_era // 1_460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month = (5 * day_of_year + 2) // 153
    month = month + 3 if month < 10 else month - 9
    return era * 400 + year_of_era + (month <= 2), month


def _same(*names: str, type_: str = "String") -> list[Column]:
    return [(name, type_, attrgetter(name)) for name in names]


def _json(*names: str) -> list[Column]:
    return [(name, "String", lambda record, get=attrgetter(name): json_bytes(get(record))) for name in names]


def _at(**fields: str) -> list[Column]:
    return [(column, MOMENT, attrgetter(field)) for column, field in fields.items()]


def _events(span: model.Span) -> bytes:
    return json_bytes([msgspec.structs.asdict(event) for event in span.events])


VERSION: list[Column] = [*_at(received_at="received_us"), ("version", "UInt64", version_of)]
"""`batch_id` follows; it is a batch's, not a record's."""

SPANS: list[Column] = [
    *_same("project_id", "trace_id", "span_id", "parent_span_id", "session_id", "user_id", "provider_user"),
    *_same("session_attribute", "user_attribute", "provider_user_attribute", "kind", "name", "trace_name"),
    *_at(started_at="start_us", ended_at="end_us"),
    *_same("status", "status_message", "error_type", "provider", "model", "model_requested", "response_id"),
    *_same("completion_id"),
    *_same("streaming", type_="UInt8"),
    *_same("time_to_first_token_us", type_=NUMBER),
    *_same("finish_reasons", type_=STRINGS),
    *_same("input_tokens", "output_tokens", "cached_tokens", "cache_write_tokens", "reasoning_tokens", type_=NUMBER),
    *_same("cost_nano_usd", type_=NUMBER),
    *_same("cost_source", "tool_name", "tool_call_id", "environment", "release", "service"),
    *_same("tags", "marks", type_=STRINGS),
    ("input_preview", "String", input_preview),
    ("output_preview", "String", output_preview),
    *_same("said"),
    *VERSION,
    *_json("input_messages", "output_messages", "tool_definitions", "parameters", "input", "output"),
    *_json("tool_arguments", "tool_result", "metadata"),
    ("events", "String", _events),
    *_json("attributes"),
]

SCORES: list[Column] = [
    *_same("project_id", "score_id", "name"),
    *_same("value", type_="Nullable(Float64)"),
    *_same("label", "comment", "source", "trace_id", "span_id", "session_id", "user_id"),
    *_same("response_id", "completion_id"),
    *_json("metadata"),
    *_at(at="at_us"),
    *VERSION,
]

LOG_ENTRIES: list[Column] = [
    *_same("project_id", "log_id", "kind", "name"),
    *_json("body"),
    *_same("trace_id", "span_id", "session_id", "user_id", "response_id", "completion_id"),
    *_json("metadata"),
    *_at(at="at_us"),
    *VERSION,
]

SESSION_EVENTS: list[Column] = [
    *_same("project_id", "session_id", "event_id", "kind", "user_id", "name", "outcome"),
    *_json("metadata"),
    *_at(at="at_us"),
    *VERSION,
]

USER_EVENTS: list[Column] = [
    *_same("project_id", "user_id", "event_id"),
    *_json("traits"),
    *_same("alias"),
    *_same("unlinks", type_="UInt8"),
    *_at(at="at_us"),
    *VERSION,
]


class Facts(NamedTuple):
    """A table of facts: where its records stand in a batch, its columns, and what tells its rows apart."""

    table: str
    field: str
    columns: list[Column]
    key: tuple[str, ...]
    """Names of columns and of the records' fields alike."""
    moment: str = ""
    """Field whose hour is part of the key and whose month is the partition."""


FACTS = (
    Facts("spans", "spans", SPANS, ("project_id", "session_id", "trace_id", "span_id"), "start_us"),
    Facts(
        "scores",
        "scores",
        SCORES,
        ("project_id", "trace_id", "response_id", "completion_id", "session_id", "user_id", "score_id"),
    ),
    Facts("log_entries", "logs", LOG_ENTRIES, ("project_id", "trace_id", "log_id")),
    Facts("session_events", "session_events", SESSION_EVENTS, ("project_id", "session_id", "event_id")),
    Facts("user_events", "user_events", USER_EVENTS, ("project_id", "user_id", "event_id")),
)


def by_partition(facts: Facts, batch: model.Batch) -> dict[str, list[Any]]:
    """The rows that a table keeps of a batch, by partition: an insert into several is not stored as a whole.

    Of records with the same key it is the newest version, as the engine would choose (it drops the others within a
    block, and what is sent must be what is counted).
    """
    get_key, kept = attrgetter(*facts.key), {}
    for record in getattr(batch, facts.field):
        key = (get_key(record), hour_of(getattr(record, facts.moment)) if facts.moment else 0)
        if key not in kept or version_of(record) > version_of(kept[key]):
            kept[key] = record
    parts: defaultdict[str, list[Any]] = defaultdict(list)
    for record in kept.values():
        parts[str(month_of(getattr(record, facts.moment))) if facts.moment else ""].append(record)
    return parts


class TraceKeys(msgspec.Struct):
    """Where spans of a trace lie: a row of `trace_keys`."""

    project_id: str
    trace_id: str
    first_hour: int
    last_hour: int
    """Seconds since the epoch."""
    session_ids: set[str]
    user_ids: set[str]
    first_batch: int
    last_batch: int


TRACE_KEYS: list[Column] = [
    *_same("project_id", "trace_id"),
    *_same("first_hour", "last_hour", type_="DateTime('UTC')"),
    *_same("session_ids", "user_ids", type_=STRINGS),
    *_same("first_batch", "last_batch", type_="UInt64"),
]


def trace_keys(spans: list[model.Span], token: str) -> list[TraceKeys]:
    """Where the spans of a batch lie, one record a trace."""
    found: dict[tuple[str, str], TraceKeys] = {}
    number = batch_id(token)
    for span in spans:
        hour = hour_of(span.start_us)
        keys = found.get((span.project_id, span.trace_id))
        if keys is None:
            keys = TraceKeys(span.project_id, span.trace_id, hour, hour, set(), set(), number, number)
            found[span.project_id, span.trace_id] = keys
        keys.first_hour = min(keys.first_hour, hour)
        keys.last_hour = max(keys.last_hour, hour)
        keys.session_ids.add(span.session_id)
        keys.user_ids.update(user for user in (span.user_id, span.provider_user) if user)
    return list(found.values())

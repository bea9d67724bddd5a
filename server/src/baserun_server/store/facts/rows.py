"""Records as rows: for each table of facts its columns, their types, and how a record's value becomes the column's."""

import zlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import blake2b
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
import orjson

from ... import model
from ..wire import native

MOMENT = "DateTime64(6, 'UTC')"
TEXT = "String"
STRINGS = "Array(String)"
NUMBER = "Nullable(Int64)"

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US


class Column(NamedTuple):
    """A column, and how records give its values."""

    name: str
    type: str
    field: str = ""
    """The field of the records that it holds as it is …"""
    values: Callable[[Sequence[Any]], Sequence[Any]] = list
    """… or, where it is none, the values of records."""


def columns_of(columns: Sequence[Column], records: Sequence[Any]) -> list[native.Column]:
    """Columns with their values of records.

    The fields of a record are taken all at once: going through 20,000 records once for each of sixty columns costs
    three times as much.
    """
    fields = [column.field for column in columns if column.field]
    get = attrgetter(*fields)
    taken = zip(*map(get, records), strict=True) if len(fields) > 1 else [list(map(get, records))]
    if not records:
        taken = ((),) * len(fields)
    values = dict(zip(fields, taken, strict=True))
    return [
        (column.name, column.type, values[column.field] if column.field else column.values(records))
        for column in columns
    ]


def json_text(value: Any) -> str:
    """JSON text of a value; the empty string for None and for what is empty."""
    return json_bytes(value).decode()


def json_bytes(value: Any) -> bytes:
    """The same in UTF-8."""
    if type(value) is msgspec.Raw:
        return bytes(value)
    if not value and (value is None or isinstance(value, (dict, list))):
        return b""
    try:
        # The option for keys that are no text makes everything slower, and there hardly ever are any.
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        pass
    try:
        return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS)
    except orjson.JSONEncodeError:
        return msgspec.json.encode(_writable(value))


def hour_of(at_us: int) -> int:
    """The hour of a moment, in seconds since the epoch."""
    return at_us // HOUR_US * 3600


def month_of_day(day: int) -> str:
    """The month of a day since the epoch, as the partitions of the tables count (`toYYYYMM`)."""
    year, month = _civil(day)
    return str(year * 100 + month)


def batch_id(token: str) -> int:
    """The number by which the rows of a batch are found again."""
    return int.from_bytes(blake2b(token.encode(), digest_size=8).digest(), "little")


def version_of(record: Any) -> int:
    """The newest version of a record wins; of two received in the same microsecond, one that its content decides.

    Of a span only what is cheap to look at counts as content: this is asked of every span several times. Of a log entry
    its place in the request does not count: of one that was sent twice the first stays.
    """
    if isinstance(record, model.Span):
        counts = f"{record.end_us} {record.input_tokens} {record.output_tokens} {record.status}"
        content = f"{counts} {record.name} {record.session_id}".encode("utf-8", "replace")
        return (record.received_us << 12) | (zlib.crc32(content) & 0xFFF)
    if isinstance(record, model.Log):
        record = msgspec.structs.replace(record, number=0)
    try:
        content = msgspec.msgpack.encode(record, enc_hook=str)
    except (UnicodeEncodeError, OverflowError):
        content = repr(record).encode("utf-8", "replace")
    return (record.received_us << 12) | (zlib.crc32(content) & 0xFFF)


def _writable(value: Any) -> Any:
    """A value that JSON has words for: half surrogate pairs become `?`; whole numbers keep all their digits."""
    if isinstance(value, dict):
        return {_writable(str(key)): _writable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_writable(item) for item in value]
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else None
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


def same(type_: str, *names: str) -> list[Column]:
    """Columns that are named like the records' fields and hold what those hold."""
    return [field(name, type_, name) for name in names]


def moments(**fields: str) -> list[Column]:
    """Columns of moments, and the fields that hold them as microseconds."""
    return [field(column, MOMENT, name) for column, name in fields.items()]


def field(column: str, type_: str, name: str) -> Column:
    """A column and the field that it holds."""
    return Column(column, type_, name)


def _json(*names: str) -> list[Column]:
    return [_each(name, "String", name, json_bytes) for name in names]


def write_out(span: model.Span) -> None:
    """Put the text that a span's row will hold in the place of the values that it is of."""
    for name in SPAN_JSON:
        if value := getattr(span, name):
            setattr(span, name, msgspec.Raw(_text_of(span, value)))
    span.as_sent = {}
    span.written_out = True


def _text_of(span: model.Span, value: Any) -> bytes:
    """JSON text of a span's value, as it was sent where it may stay as it is."""
    as_sent = span.as_sent.get(id(value)) if span.as_sent else None
    return json_bytes(value) if as_sent is None else as_sent[1].encode()


def _each(column: str, type_: str, name: str, make: Callable[[Any], Any]) -> Column:
    get = attrgetter(name)
    return Column(column, type_, values=lambda records: list(map(make, map(get, records))))


def _span_json(*names: str) -> list[Column]:
    def column(name: str) -> Column:
        get = attrgetter(name)

        def texts(spans: Sequence[model.Span]) -> list[bytes | msgspec.Raw]:
            # A text that was written out goes into the block as it is.
            values = zip(spans, map(get, spans), strict=True)
            return [value if type(value) is msgspec.Raw else _text_of(span, value) for span, value in values]

        return Column(name, TEXT, values=texts)

    return [column(name) for name in names]


def _events(events: list[model.Event]) -> bytes:
    return json_bytes([msgspec.structs.asdict(event) for event in events]) if events else b""


VERSION: list[Column] = [
    *moments(received_at="received_us"),
    Column("version", "UInt64", values=lambda records: list(map(version_of, records))),
]
"""`batch_id` follows; it is a batch's, not a record's."""

SPAN_JSON = ("input_messages", "output_messages", "tool_definitions", "input", "output", "tool_arguments",
             "tool_result", "parameters", "metadata", "attributes")  # fmt: skip
"""Fields of a span that stand in its row as JSON text."""

SPANS: list[Column] = [
    *same(TEXT, "project_id", "trace_id", "span_id", "parent_span_id", "session_id", "user_id", "provider_user"),
    *same(TEXT, "session_attribute", "user_attribute", "provider_user_attribute", "kind", "name", "scope"),
    *same(TEXT, "trace_name"),
    *moments(started_at="start_us", ended_at="end_us"),
    *same(TEXT, "status", "status_message", "error_type", "provider", "model", "model_requested", "response_id"),
    *same(TEXT, "completion_id"),
    *same("UInt8", "streaming"),
    *same(NUMBER, "time_to_first_token_us"),
    *same(STRINGS, "finish_reasons"),
    *same(NUMBER, "input_tokens", "output_tokens", "cached_tokens", "cache_write_tokens", "reasoning_tokens"),
    *same(NUMBER, "cost_nano_usd"),
    *same(NUMBER, "cost_reported_nano_usd"),
    *same(TEXT, "cost_source", "tool_name", "tool_call_id", "environment", "release", "service"),
    *same(STRINGS, "tags", "marks"),
    *same(TEXT, "input_preview", "output_preview", "said"),
    *VERSION,
    *_span_json(*SPAN_JSON[:-1]),
    _each("events", TEXT, "events", _events),
    *_span_json(*SPAN_JSON[-1:]),
]

SCORES: list[Column] = [
    *same(TEXT, "project_id", "score_id", "name"),
    *same("Nullable(Float64)", "value"),
    *same(TEXT, "label", "comment", "source", "trace_id", "span_id", "session_id", "user_id"),
    *same(TEXT, "response_id", "completion_id"),
    *_json("metadata"),
    *moments(at="at_us"),
    *VERSION,
]

LOG_ENTRIES: list[Column] = [
    *same(TEXT, "project_id", "log_id", "kind", "name"),
    *_json("body"),
    *same(TEXT, "trace_id", "span_id", "session_id", "user_id", "response_id", "completion_id"),
    *_json("metadata"),
    *moments(at="at_us"),
    *same("UInt16", "at_ns"),
    *same("UInt32", "number"),
    *VERSION,
]

SESSION_EVENTS: list[Column] = [
    *same(TEXT, "project_id", "session_id", "event_id", "kind", "user_id", "name", "outcome"),
    *_json("metadata"),
    *moments(at="at_us"),
    *VERSION,
]

USER_EVENTS: list[Column] = [
    *same(TEXT, "project_id", "user_id", "event_id"),
    *_json("traits"),
    *same(TEXT, "alias"),
    *same("UInt8", "unlinks", "confirmed"),
    *moments(at="at_us"),
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
    records: list[Any] = getattr(batch, facts.field)
    if len(set(map(attrgetter(facts.key[-1]), records))) < len(records):
        get_key, kept = attrgetter(*facts.key), {}
        for record in records:
            key = (get_key(record), hour_of(getattr(record, facts.moment)) if facts.moment else 0)
            if key not in kept or version_of(record) > version_of(kept[key]):
                kept[key] = record
        records = list(kept.values())
    if not facts.moment:
        return {"": records} if records else {}
    get_moment, months = attrgetter(facts.moment), cache(month_of_day)
    parts: defaultdict[str, list[Any]] = defaultdict(list)
    for record in records:
        parts[months(get_moment(record) // DAY_US)].append(record)
    return parts


class TraceKeys(msgspec.Struct):
    """Where spans of a trace are: a row of `trace_keys`."""

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
    *same(TEXT, "project_id", "trace_id"),
    *same("DateTime('UTC')", "first_hour", "last_hour"),
    *same(STRINGS, "session_ids", "user_ids"),
    *same("UInt64", "first_batch", "last_batch"),
]


def trace_keys(spans: list[model.Span], token: str) -> list[TraceKeys]:
    """Where the spans of a batch are, one record a trace."""
    found: dict[tuple[str, str], TraceKeys] = {}
    number = batch_id(token)
    for span in spans:
        hour = span.start_us // HOUR_US * 3600
        key = span.project_id, span.trace_id
        keys = found.get(key)
        if keys is None:
            keys = found[key] = TraceKeys(*key, hour, hour, set(), set(), number, number)
        elif hour < keys.first_hour:
            keys.first_hour = hour
        elif hour > keys.last_hour:
            keys.last_hour = hour
        keys.session_ids.add(span.session_id)
        if span.user_id:
            keys.user_ids.add(span.user_id)
        if span.provider_user:
            keys.user_ids.add(span.provider_user)
    return list(found.values())

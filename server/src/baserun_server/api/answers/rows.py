"""Rows of the store as records of the API: units, nulls and JSON text become what `schemas/` promises. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from ... import model
from ...store.rollups.latency import latency_ms
from ...store.rollups.sums import SHOWN
from ...store.search.fields import ACTIVE_US
from .. import schemas
from ..http.times import format_time, format_time_or_none
from .cutting import LIMIT_BYTES, cut_message, cut_value
from .stored import load, load_list, load_map, load_messages

Row = Mapping[str, Any]

MAP_BYTES = 65_536
"""Of metadata or traits that a row of a list shows; 200 rows are 13 MB."""
MAP_VALUE_BYTES = 64
"""Of a value in a map of very many; numbers and words are shorter."""

_NUMBERS = [name for name in SHOWN if name != "cost_nano_usd"]
NO_NUMBERS = schemas.Numbers(**dict.fromkeys(_NUMBERS, 0), cost_usd=0.0)


def numbers(row: Row) -> dict[str, Any]:
    """The numbers that add up, as the API shows them: a cost in dollars."""
    return {**{name: row[name] for name in _NUMBERS}, "cost_usd": row["cost_nano_usd"] / 1e9}


def user(row: Row, window: schemas.Numbers | None = None) -> schemas.User:
    """A row of `users`."""
    return schemas.User(
        **numbers(row),
        user_id=row["user_id"],
        traits=shown_map(row["traits"]),
        aliases=row["aliases"],
        first_seen=format_time(row["first_seen_us"]),
        last_seen=format_time(row["last_seen_us"]),
        sessions=row["sessions"],
        latency_p50_ms=latency_ms(row["latency"], 0.5),
        latency_p95_ms=latency_ms(row["latency"], 0.95),
        models=row["models"],
        derived=bool(row["derived"]),
        window=window,
    )


def session(row: Row, now_us: int, names: Mapping[str, str], window: schemas.Numbers | None = None) -> schemas.Session:
    """A row of `sessions`; `names` are those of users, by id."""
    return schemas.Session(
        **numbers(row),
        session_id=row["session_id"],
        user_id=row["user_id"] or None,
        user_name=names.get(row["user_id"]),
        users=row["users"],
        name=row["name"] or None,
        status=_session_status(row, now_us),
        outcome=row["outcome"] or None,
        started_at=format_time(row["started_us"]),
        last_activity=format_time(row["last_activity_us"]),
        ended_at=format_time_or_none(row["ended_us"]),
        duration_ms=(row["last_activity_us"] - row["started_us"]) / 1_000,
        latency_p50_ms=latency_ms(row["latency"], 0.5),
        latency_p95_ms=latency_ms(row["latency"], 0.95),
        models=row["models"],
        tags=row["tags"],
        environment=row["environment"] or None,
        release=row["release"] or None,
        metadata=shown_map(row["metadata"]),
        first_input=row["first_input"] or None,
        last_output=row["last_output"] or None,
        window=window,
    )


def trace_row(row: Row, user_id: str | None, names: Mapping[str, str]) -> dict[str, Any]:
    """A row of `traces`, as the properties of a `TraceRow`; its user is settled with its session."""
    return {
        **numbers({"traces": 1, **row}),
        "trace_id": row["trace_id"],
        "session_id": row["session_id"] or None,
        "user_id": user_id,
        "user_name": names.get(user_id or ""),
        "name": row["name"],
        "started_at": format_time(row["started_us"]),
        "duration_ms": (row["ended_us"] - row["started_us"]) / 1_000,
        "status": row["status"],
        "spans_total": row["spans_total"],
        "models": row["models"],
        "tags": row["tags"],
        "environment": row["environment"] or None,
        "release": row["release"] or None,
        "input_preview": row["input_preview"] or None,
        "output_preview": row["output_preview"] or None,
    }


def span_record(row: Row, read_messages: Callable[[str], list[dict[str, Any]]] = load_messages) -> model.Span:
    """A row of `spans` as the record that it was made from."""
    fields = {name: row[name] for name in _PLAIN_FIELDS if name in row}
    span = msgspec.convert({**fields, "streaming": bool(row["streaming"])}, model.Span, strict=False)
    for name, read in _JSON_FIELDS.items():
        if text := row.get(name):  # else the record has its own empty value
            setattr(span, name, read_messages(text) if read is load_messages else read(text))
    if events := row.get("events"):
        span.events = [_event(item) for item in load_list(events)]
    return span


def _event(item: Any) -> model.Event:
    try:
        return msgspec.convert(item, model.Event, strict=False)
    except msgspec.ValidationError:
        return model.Event(name="unreadable", at_us=0, attributes={"": item})


def span(row: Row, duplicate_of: str | None, whole: bool = False) -> schemas.Span:
    """A row of `spans`; content is cut unless the whole is wanted."""
    cut_messages = _keep_messages if whole else _cut_messages
    cut = _keep if whole else cut_value
    record = span_record(row)
    return schemas.Span(
        span_id=record.span_id,
        parent_span_id=record.parent_span_id or None,
        kind=row["kind"],
        name=record.name,
        started_at=format_time(record.start_us),
        duration_ms=(record.end_us - record.start_us) / 1_000,
        status=row["status"],
        status_message=record.status_message or None,
        error_type=record.error_type or None,
        provider=record.provider or None,
        model=record.model or None,
        model_requested=record.model_requested or None,
        response_id=record.response_id or None,
        input_messages=cut_messages(record.input_messages),
        output_messages=cut_messages(record.output_messages),
        tool_definitions=[cut(tool) for tool in record.tool_definitions],
        parameters=_each(record.parameters, cut),
        input=cut(record.input),
        output=cut(record.output),
        usage=_usage(record),
        cost_usd=None if record.cost_nano_usd is None else record.cost_nano_usd / 1e9,
        cost_source=row["cost_source"] or None,
        cost_reported_usd=None if record.cost_reported_nano_usd is None else record.cost_reported_nano_usd / 1e9,
        time_to_first_token_ms=None if record.time_to_first_token_us is None else record.time_to_first_token_us / 1_000,
        streaming=record.streaming,
        finish_reasons=record.finish_reasons,
        session_id=record.session_id or None,
        user_id=record.user_id or None,
        provider_user=record.provider_user or None,
        tool=_tool(record, cut),
        duplicate_of=duplicate_of,
        marks=record.marks,
        environment=record.environment or None,
        release=record.release or None,
        tags=record.tags,
        metadata=_each(record.metadata, cut),
        events=[
            schemas.SpanEvent(name=event.name, at=format_time(event.at_us), attributes=_each(event.attributes, cut))
            for event in record.events
        ],
        attributes=_each(record.attributes, cut),
    )


def shown_map(texts: Mapping[str, str]) -> dict[str, Any]:
    """A map of JSON texts as its values, each cut so that the map takes about 64 KB of a page at most."""
    is_large = sum(map(len, texts.values())) > MAP_BYTES
    limit_bytes = max(MAP_VALUE_BYTES, MAP_BYTES // len(texts)) if is_large else LIMIT_BYTES
    return {name: cut_value(load(text), limit_bytes) for name, text in texts.items()}


def score(row: Row) -> schemas.Score:
    """A row of `scores`."""
    return schemas.Score(
        score_id=row["score_id"],
        name=row["name"],
        value=row["value"],
        label=row["label"] or None,
        comment=row["comment"] or None,
        source=row["source"] if row["source"] in ("feedback", "check", "evaluation") else "evaluation",
        at=format_time(row["at_us"]),
        user_id=row["user_id"] or None,
        session_id=row["session_id"] or None,
        trace_id=row["trace_id"] or None,
        span_id=row["span_id"] or None,
        metadata=load_map(row["metadata"]),
    )


def log_entry(row: Row) -> schemas.LogEntry:
    """A row of `log_entries`."""
    return schemas.LogEntry(
        name=row["name"],
        at=format_time(row["at_us"]),
        trace_id=row["trace_id"] or None,
        span_id=row["span_id"] or None,
        body=cut_value(load(row["body"], None)),
    )


_JSON_FIELDS: dict[str, Callable[[str], Any]] = {
    "input_messages": load_messages,
    "output_messages": load_messages,
    "tool_definitions": load_list,
    "parameters": load_map,
    "input": load,
    "output": load,
    "tool_arguments": load,
    "tool_result": load,
    "metadata": load_map,
    "attributes": load_map,
}
"""The fields of a span that are JSON texts in the store, but for `events`, and how each is read."""
_PLAIN_FIELDS = [name for name in model.Span.__struct_fields__ if name not in (*_JSON_FIELDS, "events")]


def _session_status(row: Row, now_us: int) -> schemas.SessionStatus:
    if row["ended_us"] and row["ended_us"] >= row["last_activity_us"]:
        return "ended"
    return "active" if row["last_activity_us"] >= now_us - ACTIVE_US else "idle"


def _usage(record: model.Span) -> schemas.Usage | None:
    counts = (
        record.input_tokens,
        record.output_tokens,
        record.cached_tokens,
        record.cache_write_tokens,
        record.reasoning_tokens,
    )
    if all(count is None for count in counts):
        return None
    names = ("input_tokens", "output_tokens", "cached_tokens", "cache_write_tokens", "reasoning_tokens")
    return schemas.Usage(**dict(zip(names, counts, strict=True)))


def _tool(record: model.Span, cut: Any) -> schemas.Tool | None:
    if record.kind != "tool" and not record.tool_name:
        return None
    return schemas.Tool(
        name=record.tool_name or record.name,
        call_id=record.tool_call_id or None,
        arguments=cut(record.input if record.tool_arguments is None else record.tool_arguments),
        result=cut(record.output if record.tool_result is None else record.tool_result),
    )


def _cut_messages(messages: list[dict[str, Any]]) -> list[schemas.Message]:
    return [schemas.Message.model_validate(cut_message(message)) for message in messages]


def _keep_messages(messages: list[dict[str, Any]]) -> list[schemas.Message]:
    return [schemas.Message.model_validate(cut_message(message, limit_bytes=None)) for message in messages]


def _each(values: Mapping[str, Any], cut: Callable[[Any], Any]) -> dict[str, Any]:
    return {name: cut(value) for name, value in values.items()}


def _keep(value: Any) -> Any:
    return value

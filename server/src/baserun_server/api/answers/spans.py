"""The spans of traces: where they are, which of them are the same call, and how they look as columns."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from ...store.rollups.duplicates import Counting, Node, counting, tells
from .. import schemas
from .reader import Reader

Row = dict[str, Any]


async def places_of(ask: Reader, trace_ids: Sequence[str]) -> dict[str, Any] | None:
    """Days and sessions under which the spans of traces are stored, as parameters; None where none of them is known."""
    found = await ask.rows("trace_places", {"ids": list(trace_ids)})
    if not found:
        return None
    return {**found[0], "session_ids": sorted({*found[0]["session_ids"], ""})}


def newest(rows: Iterable[Row]) -> list[Row]:
    """Keep the row that holds of each span, by start time."""
    held: dict[tuple[str, str], Row] = {}
    for row in rows:
        key = (row["trace_id"], row["span_id"])
        if key not in held or row["version"] > held[key]["version"]:
            held[key] = row
    return sorted(held.values(), key=lambda row: (row["start_us"], -row["end_us"], row["span_id"]))


def tell_failures(spans: Iterable[Row], logs: Iterable[Row]) -> None:
    """Give spans the failures that were told apart from them."""
    told = {(entry["trace_id"], entry["span_id"]): entry["body"] for entry in logs if entry["kind"] == "failure"}
    for span in spans if told else ():
        body = told.get((span["trace_id"], span["span_id"]))
        if body is not None and span["status"] == "unset":
            said = orjson.loads(body or "{}")
            span["status"] = "error"
            span["error_type"] = span.get("error_type") or said.get("type", "")
            span["status_message"] = span.get("status_message") or said.get("message", "")


def as_columns(spans: Sequence[Row], trace_start_us: int) -> schemas.LightSpans:
    """Spans, in order of their start, as columns."""
    index_of = {span["span_id"]: index for index, span in enumerate(spans)}
    names = {name: index for index, name in enumerate(dict.fromkeys(span["name"] for span in spans))}
    models = {model: index for index, model in enumerate(dict.fromkeys(s["model"] for s in spans if s["model"]))}
    parents = [index_of.get(span["parent_span_id"]) for span in spans]
    duplicates = duplicates_among(spans)
    return schemas.LightSpans(
        span_id=[span["span_id"] for span in spans],
        parent=parents,
        orphan=[i for i, span in enumerate(spans) if span["parent_span_id"] and parents[i] is None],
        kind=[span["kind"] for span in spans],
        name=[names[span["name"]] for span in spans],
        names=list(names),
        model=[models.get(span["model"]) for span in spans],
        models=list(models),
        start_us=[span["start_us"] - trace_start_us for span in spans],
        duration_us=[span["end_us"] - span["start_us"] for span in spans],
        status=[span["status"] for span in spans],
        cost_usd=[None if span["cost_nano_usd"] is None else span["cost_nano_usd"] / 1e9 for span in spans],
        tokens=[_tokens(span) for span in spans],
        duplicate=[i for i, span in enumerate(spans) if span["span_id"] in duplicates],
    )


def _tokens(span: Row) -> int | None:
    known = [count for count in (span["input_tokens"], span["output_tokens"]) if count is not None]
    return sum(known) if known else None


def duplicates_among(spans: Sequence[Row]) -> dict[str, str]:
    """Spans of a trace that describe a call which another span already counts for, and that other span."""
    return counting_among(spans).duplicates


def counting_among(spans: Sequence[Row]) -> Counting:
    """What counts of the spans of a trace."""
    return counting(
        Node(
            span_id=span["span_id"],
            parent_span_id=span["parent_span_id"],
            kind=span["kind"],
            has_usage=span["input_tokens"] is not None or span["output_tokens"] is not None,
            response_id=span["response_id"],
            start_us=span["start_us"],
            end_us=span["end_us"],
            failed=span["status"] == "error",
            scope=span["scope"],
            model=span["model"],
            tells=tells(
                span["input_tokens"],
                span["output_tokens"],
                span["input_preview"],
                span["output_preview"],
                span["status"] == "error",
            ),
            tool_name=span["tool_name"],
            tool_call_id=span["tool_call_id"],
        )
        for span in spans
    )

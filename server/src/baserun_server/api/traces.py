"""Traces: single units of work, in a conversation one turn each."""

import asyncio
from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import Query

from ..store.search.condition import Condition
from ..store.statements import render
from . import schemas
from .answers import rows
from .answers.apart import with_contents
from .answers.identity import identity_of, user_of
from .answers.names import names_of
from .answers.people import ids_named
from .answers.reader import Ask, Reader, not_found
from .answers.spans import as_columns, duplicates_among, newest, places_of, tell_failures
from .http.parameters import Id, SpanParameters, TraceListParameters, TraceParameters
from .lists import page
from .lists.conditions import TRACES

SPANS_SHOWN = 1_000


async def find_traces(ask: Ask, query: Annotated[TraceListParameters, Query()]) -> schemas.TracePage:
    """Traces without their spans."""
    extra = []
    if query.session is not None:
        extra.append(Condition("session_id = {of_session:String}", {"of_session": query.session}))
    if query.user is not None:
        extra.append(of_user(await ids_named(ask, query.user)))
    found = await page.find(ask, TRACES, query, *extra)
    sessions = await _sessions_of(ask, (trace["session_id"] for trace in found.rows))
    users = [user_of(trace, sessions.get(trace["session_id"])) for trace in found.rows]
    names = await names_of(ask, users)
    return schemas.TracePage(
        items=[
            schemas.TraceRow(**rows.trace_row(trace, user_id, names))
            for trace, user_id in zip(found.rows, users, strict=True)
        ],
        total=found.total,
        next_cursor=found.next_cursor,
    )


def of_user(user_ids: list[str]) -> Condition:
    """True for the traces of a user, by any of these ids."""
    return Condition(render("conditions", "traces_of_user"), {"of_user": user_ids})


async def get_trace(
    ask: Ask, trace_id: Id, query: Annotated[TraceParameters, Query()]
) -> schemas.Trace | schemas.LightTrace:
    """One trace with its spans, and where its user and session came from."""
    known, logs = await ask.all(_place(ask, trace_id), ask.rows("log_entries_of_traces", {"ids": [trace_id]}))
    place = {"ids": [trace_id], **known}
    traces, sessions = await ask.all(ask.rows("traces_by_id", place), _sessions_of(ask, known["session_ids"]))
    if not traces:
        raise not_found("trace", trace_id)
    (trace,) = traces
    session = sessions.get(trace["session_id"])
    user_id = user_of(trace, session)
    (spans, whole), names = await ask.all(_spans(ask, place, trace, query), names_of(ask, [user_id]))
    tell_failures(spans, logs)
    if whole is not spans:
        tell_failures(whole, logs)
    scores = await ask.rows(
        "scores_of_traces",
        {
            "ids": [trace_id],
            "response_ids": sorted({span["response_id"] for span in spans} - {""}),
            "completion_ids": sorted({span["completion_id"] for span in spans} - {""}),
        },
    )
    common = {
        **rows.trace_row(trace, user_id, names),
        "identity": identity_of(trace, session),
        "metadata": rows.shown_map(trace["metadata"]),
        "scores": [rows.score(score) for score in scores],
        "logs": [rows.log_entry(entry) for entry in logs],
    }
    if query.spans == "light":
        return schemas.LightTrace(**common, spans=as_columns(spans, trace["started_us"]))
    duplicates = duplicates_among(spans)
    read = await asyncio.to_thread(lambda: [rows.span(span, duplicates.get(span["span_id"])) for span in whole])
    return schemas.Trace(**common, spans=read, spans_omitted=len(spans) - len(read))


async def _spans(
    ask: Reader, place: dict[str, Any], trace: dict[str, Any], query: TraceParameters
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """All spans of a trace by start time, and those that are shown with their content."""
    if query.spans == "full" and trace["spans_total"] <= SPANS_SHOWN:
        spans = await _contents(ask, place)
        return spans, spans[:SPANS_SHOWN]
    spans = await ask.rows("spans_light", place)
    shown = [span["span_id"] for span in spans[:SPANS_SHOWN]] if query.spans == "full" else []
    return spans, await _contents(ask, place, shown) if shown else []


async def get_span(ask: Ask, trace_id: Id, span_id: Id, query: Annotated[SpanParameters, Query()]) -> schemas.Span:
    """One span with its content."""
    place = {"ids": [trace_id], **await _place(ask, trace_id)}
    spans, found = await ask.all(ask.rows("spans_light", place), _contents(ask, place, [span_id]))
    if not found:
        raise not_found("span", span_id)
    return rows.span(found[0], duplicates_among(spans).get(span_id), whole=query.content == "full")


async def _place(ask: Reader, trace_id: str) -> dict[str, Any]:
    place = await places_of(ask, [trace_id])
    if not place:
        raise not_found("trace", trace_id)
    return place


async def _contents(ask: Reader, place: dict[str, Any], span_ids: list[str] | None = None) -> list[dict[str, Any]]:
    """Spans with their content; all of them, or these."""
    which = "1" if span_ids is None else "span_id IN {span_ids:Array(String)}"
    found = await ask.rows("spans_full", {**place, "span_ids": span_ids or []}, which=which)
    return await with_contents(ask, newest(found))


async def _sessions_of(ask: Reader, session_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What sessions say about their users, by session."""
    ids = sorted({*session_ids} - {""})
    found = await ask.rows("sessions_users", {"ids": ids}) if ids else []
    return {row["session_id"]: row for row in found}

"""A page of a session's turns: fetches the traces, what was said in them and what judges them, and reads them.

A page needs two traces before it and one after it as context (`turns.py`), and nothing else, so the first page and the
page around turn 40,000 cost the same.
"""

import asyncio
from typing import Any

from . import rows, schemas
from .contents import with_contents
from .identity import user_of
from .paging import fingerprint, read_cursor, write_cursor
from .parameters import TurnParameters
from .reader import Reader
from .spans import duplicates_among, newest, places_of
from .times import date_of
from .turns import TURNS_AFTER, TURNS_BEFORE, Work, read_turns

SHORT = 2_000
"""Turns up to which a session is read as a whole: a question more would cost as much as it saves."""


async def read_page(ask: Reader, session: dict[str, Any], query: TurnParameters) -> schemas.TurnPage:
    """The turns from a cursor, around a number, or from the beginning."""
    belongs_to = fingerprint("turns", ask.project_id, session["session_id"])
    days = await _days(ask, session)
    first, limit = await _place(ask, session, days, query, belongs_to)
    context = min(first, TURNS_BEFORE)
    traces = await _traces(ask, session, days, first - context, context + limit + TURNS_AFTER)
    works = await read_works(ask, session, traces, first - context + 1)
    last = min(len(works), context + limit)
    turns = await asyncio.to_thread(read_turns, works, context, last)
    shown = traces[context:last]
    more = len(traces) > last
    return schemas.TurnPage(
        items=turns,
        total=schemas.Total(value=session["traces"], exact=True),
        previous_cursor=_cursor(belongs_to, "before", shown[0]) if first > 0 and shown else None,
        next_cursor=_cursor(belongs_to, "after", shown[-1]) if more and shown else None,
    )


async def read_works(ask: Reader, session: dict[str, Any], traces: list[dict[str, Any]], first_n: int) -> list[Work]:
    """Traces with their spans, scores and log entries, numbered from `first_n`."""
    if not traces:
        return []
    ids = [trace["trace_id"] for trace in traces]
    places, logs = await ask.all(places_of(ask, ids), ask.rows("log_entries_of_traces", {"ids": ids}))
    told = newest(await ask.rows("spans_spoken", {**places, "ids": ids})) if places else []
    spans, scores = await ask.all(
        with_contents(ask, told),
        ask.rows(
            "scores_of_traces",
            {
                "ids": ids,
                "response_ids": sorted({span["response_id"] for span in told} - {""}),
                "completion_ids": sorted({span["completion_id"] for span in told} - {""}),
            },
        ),
    )
    by_trace = _grouped(spans)
    return [
        Work(
            n=n,
            trace_id=trace["trace_id"],
            name=trace["name"],
            user_id=user_of(trace, session),
            start_us=trace["started_us"],
            end_us=trace["ended_us"],
            status=trace["status"],
            spans=[rows.span_record(span) for span in by_trace.get(trace["trace_id"], [])],
            duplicates=frozenset(duplicates_among(by_trace.get(trace["trace_id"], []))),
            scores=[rows.score(score) for score in scores if _concerns(score, trace, by_trace)],
            logs=[rows.log_entry(entry) for entry in logs if entry["trace_id"] == trace["trace_id"]],
        )
        for n, trace in enumerate(traces, first_n)
    ]


async def _days(ask: Reader, session: dict[str, Any]) -> dict[str, int]:
    """How many turns begin on each day, in order. Of a short session all its days are one, without a question."""
    if session["traces"] <= SHORT:
        return {}
    places = [(user, session["session_id"]) for user in (*session["users"], "")]
    return {row["day"]: row["traces"] for row in await ask.rows("session_days", {"places": places})}


async def _traces(
    ask: Reader, session: dict[str, Any], days: dict[str, int], offset: int, limit: int
) -> list[dict[str, Any]]:
    """Traces of a session in order of time; of a long one only the days are read on which these begin."""
    wanted = session["days"]
    if days:
        wanted, before = [], 0
        for day, count in days.items():
            if before + count > offset and before < offset + limit:
                wanted.append(day)
            before += count
        offset -= sum(count for day, count in days.items() if wanted and day < wanted[0])
    where = {"session_id": session["session_id"], "days": wanted}
    return await ask.rows("session_traces", {**where, "offset": offset, "limit": limit}) if wanted else []


async def _place(
    ask: Reader, session: dict[str, Any], days: dict[str, int], query: TurnParameters, belongs_to: str
) -> tuple[int, int]:
    """How many turns stand before the page, and how many it may hold."""
    if query.around:
        return max(0, query.around - 1 - query.limit // 2), query.limit
    if not query.cursor:
        return 0, query.limit
    direction, started_us, trace_id = read_cursor(query.cursor, belongs_to, 3)
    day = date_of(started_us)
    where = {"session_id": session["session_id"], "days": [day] if day in days else session["days"]}
    (row,) = await ask.rows("session_traces_before", {**where, "started_us": started_us, "trace_id": trace_id})
    before = row["value"] + sum(count for earlier, count in days.items() if day in days and earlier < day)
    if direction == "after":
        return before + 1, query.limit
    return max(0, before - query.limit), min(query.limit, before)


def _cursor(belongs_to: str, direction: str, trace: dict[str, Any]) -> str:
    return write_cursor(belongs_to, [direction, trace["started_us"], trace["trace_id"]])


def _grouped(spans: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    by_trace: dict[str, list[dict[str, Any]]] = {}
    for span in spans:
        by_trace.setdefault(span["trace_id"], []).append(span)
    return by_trace


def _concerns(score: dict[str, Any], trace: dict[str, Any], by_trace: dict[str, list[dict[str, Any]]]) -> bool:
    """By the trace's id, else by an id of one of its calls."""
    if score["trace_id"]:
        return score["trace_id"] == trace["trace_id"]
    spans = by_trace.get(trace["trace_id"], [])
    return any(
        (score["response_id"] and score["response_id"] == span["response_id"])
        or (score["completion_id"] and score["completion_id"] == span["completion_id"])
        for span in spans
    )

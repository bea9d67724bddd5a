"""Search over everything: ids first, then what was said; and over what was said in one session.

What was said is what users and assistants newly said, not the history that calls repeat (`ingest/said.py`). Ids are
found exactly or by their beginning.
"""

import asyncio
import re
from datetime import date, timedelta
from itertools import islice
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Query

from ..errors import BadParameter
from ..store.search.words import Words, parse_words, places, said
from . import schemas
from .answers.reader import Ask, Reader
from .answers.spans import places_of
from .http.parameters import Id, SearchParameters, SessionSearchParameters
from .http.times import format_time
from .sessions import read_frame

_SPAN_ID = re.compile(r"[0-9a-f]{16}")
_HEX = re.compile(r"[0-9a-f]{6,32}")
SHORTEST_PREFIX = 3
"""Of fewer characters only whole ids are found."""
MOST = 1_000
"""Most places that a search in a session returns; whoever finds more looks for something rarer."""


async def search(ask: Ask, query: Annotated[SearchParameters, Query()]) -> schemas.FoundPage:
    """Things that have this id, begin with it, or hold these words; the exact ones first."""
    wanted = query.q.strip()
    words = parse_words(wanted)
    found: list[schemas.Found] = []
    if wanted and not (wanted.startswith('"') or words.role):
        found = _distinct([item for group in await ask.all(*_by_id(ask, wanted, query.limit)) for item in group])
        found.sort(key=lambda item: item.id != wanted)
    if len(found) < query.limit and words.wanted:
        found = _distinct([*found, *await _by_words(ask, words, query.limit)])
    return schemas.FoundPage(items=found[: query.limit])


def _by_id(ask: Reader, wanted: str, limit: int) -> list[Any]:
    questions = [_users(ask, wanted, limit), _sessions(ask, wanted, limit), _calls(ask, wanted)]
    lower = wanted.lower()
    if _HEX.fullmatch(lower):
        questions.append(_traces(ask, lower, limit))
    if _SPAN_ID.fullmatch(lower):
        questions.append(_spans(ask, lower))
    return questions


async def _users(ask: Reader, wanted: str, limit: int) -> list[schemas.Found]:
    rows = await ask.rows("search_users", _prefix(wanted, limit))
    return [_found("user", row["id"], row["id"], None, row["at_us"], f"/users/{_path(row['id'])}") for row in rows]


async def _sessions(ask: Reader, wanted: str, limit: int) -> list[schemas.Found]:
    rows = await ask.rows("search_sessions", _prefix(wanted, limit))
    return [
        _found("session", row["id"], row["name"] or row["id"], row["said"], row["at_us"], _session_url(row["id"]))
        for row in rows
    ]


async def _traces(ask: Reader, wanted: str, limit: int) -> list[schemas.Found]:
    rows = await ask.rows("search_traces", {"prefix": wanted, "limit": limit})
    return [_found("trace", row["id"], row["id"], None, None, f"/traces/{row['id']}") for row in rows]


async def _spans(ask: Reader, wanted: str) -> list[schemas.Found]:
    rows = await ask.rows("search_spans", {"span_id": wanted})
    return [_span(row) for row in rows]


async def _calls(ask: Reader, wanted: str) -> list[schemas.Found]:
    rows = await ask.rows("search_calls", {"call_id": wanted})
    return [_span(row) for row in rows]


async def _by_words(ask: Reader, words: Words, limit: int) -> list[schemas.Found]:
    """Traces in which these words were said, each with the first place."""
    condition = said(words)
    where = {"where": condition.sql}
    # More than are wanted, because several spans of a trace, or two versions of one, may say them.
    spans = await ask.rows("search_words", {**condition.parameters, "limit": limit * 4}, **where)
    ids = sorted({span["trace_id"] for span in spans})
    place = await places_of(ask, ids) if ids else None
    if not place:
        return []
    asked = {"ids": ids, **place}
    traces, versions = await ask.all(ask.rows("traces_by_id", asked), ask.rows("span_versions", asked))
    by_id = {trace["trace_id"]: trace for trace in traces}
    newest = {(row["trace_id"], row["span_id"]): row["newest"] for row in versions}
    # A span that was stored again says what its newest row does, and nothing else any more.
    spans = [span for span in spans if span["version"] in (0, newest.get((span["trace_id"], span["span_id"])))]
    spans = list({span["trace_id"]: span for span in reversed(spans)}.values())[::-1][:limit]
    found = []
    for span in spans:
        trace = by_id.get(span["trace_id"])
        if trace is None:
            continue
        id_, session_id = trace["trace_id"], trace["session_id"]
        url = f"{_session_url(session_id)}?turn={id_}" if session_id else f"/traces/{id_}"
        at = next(iter(places(span["said"], words)), None)
        item = _found("trace", id_, trace["name"], at.snippet if at else None, trace["started_us"], url)
        item.match = schemas.Match(role=at.role, start=at.start, length=at.length) if at else None
        found.append(item)
    return found


async def search_session(
    ask: Ask, session_id: Id, query: Annotated[SessionSearchParameters, Query()]
) -> schemas.SessionFound:
    """Where in a session words were said, turn by turn; turns that are not on the page included."""
    words = parse_words(query.q)
    if not words.wanted:
        raise BadParameter("`q` holds no word that must be there", hint='write a word or a "phrase"', field="q")
    session = await read_frame(ask, session_id)
    condition = said(words)
    where = {"session_ids": [session_id, ""], "days": _with_next(session["days"])}
    spans = await ask.rows("session_words", {**where, **condition.parameters, "limit": MOST + 1}, where=condition.sql)
    ids = sorted({span["trace_id"] for span in spans})
    turns = {"session_id": session_id, "days": session["days"], "ids": ids}
    numbers = await ask.rows("session_turn_numbers", turns) if ids else []
    n_of = {row["trace_id"]: row["n"] for row in numbers}
    found = (
        schemas.SessionMatch(
            n=n_of[span["trace_id"]],
            trace_id=span["trace_id"],
            span_id=span["span_id"],
            role=place.role,
            snippet=place.snippet,
            start=place.start,
            length=place.length,
        )
        for span in spans[:MOST]
        if span["trace_id"] in n_of
        for place in places(span["said"], words)
    )
    # What was said may hold a word a million times, so only as many places are made as are returned.
    items = await asyncio.to_thread(lambda: list(islice(found, MOST + 1)))
    items.sort(key=lambda item: item.n)
    turns_found = len({item.n for item in items})
    return schemas.SessionFound(items=items[:MOST], turns=turns_found, more=len(spans) > MOST or len(items) > MOST)


def _with_next(days: list[str]) -> list[str]:
    """The days, and those after them: a span may begin on the day after its trace did."""
    known = [date.fromisoformat(day) for day in days]
    return sorted({day.isoformat() for day in (*known, *(day + timedelta(days=1) for day in known))})


def _prefix(wanted: str, limit: int) -> dict[str, Any]:
    return {"wanted": wanted, "by_prefix": int(len(wanted) >= SHORTEST_PREFIX), "limit": limit}


def _span(row: dict[str, Any]) -> schemas.Found:
    url = f"/traces/{row['trace_id']}?span={row['id']}"
    return _found("span", row["id"], row["name"], None, row["at_us"], url)


def _found(type_: Any, id_: str, title: str, snippet: str | None, at_us: int | None, url: str) -> schemas.Found:
    at = format_time(at_us) if at_us else None
    return schemas.Found(type=type_, id=id_, title=title, snippet=snippet or None, at=at, url=url)


def _session_url(session_id: str) -> str:
    return f"/sessions/{_path(session_id)}"


def _path(id_: str) -> str:
    return quote(id_, safe="")


def _distinct(found: list[schemas.Found]) -> list[schemas.Found]:
    # Spans of two traces may have one id.
    pages = {(item.type, item.id, item.url.partition("?")[0]): item for item in reversed(found)}
    return list(pages.values())[::-1]

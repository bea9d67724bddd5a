"""Search over everything: ids first, then what was said.

What was said is looked for in the previews of traces: what the person newly said and what was answered, at most 200
characters each. Ids are found exactly or by their beginning.
"""

import re
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Query

from . import schemas
from .parameters import SearchParameters
from .reader import Ask, Reader
from .times import format_time

_SPAN_ID = re.compile(r"[0-9a-f]{16}")
_HEX = re.compile(r"[0-9a-f]{6,32}")
SHORTEST_PREFIX = 3
"""Of fewer characters only whole ids are found."""


async def search(ask: Ask, query: Annotated[SearchParameters, Query()]) -> schemas.FoundPage:
    """Things that have this id, begin with it, or hold these words; the exact ones first."""
    wanted = query.q.strip()
    phrase = wanted[1:-1] if len(wanted) > 2 and wanted[0] == wanted[-1] == '"' else None
    found: list[schemas.Found] = []
    if phrase is None and wanted:
        found = _distinct([item for group in await ask.all(*_by_id(ask, wanted, query.limit)) for item in group])
        found.sort(key=lambda item: item.id != wanted)
    if len(found) < query.limit and wanted:
        found = _distinct([*found, *await _by_words(ask, phrase or wanted, query.limit)])
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


async def _by_words(ask: Reader, words: str, limit: int) -> list[schemas.Found]:
    rows = await ask.rows("search_words", {"words": words, "limit": limit})
    found = []
    for row in rows:
        url = f"{_session_url(row['session_id'])}?turn={row['id']}" if row["session_id"] else f"/traces/{row['id']}"
        found.append(_found("trace", row["id"], row["name"], row["said"], row["at_us"], url))
    return found


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
    return list({(item.type, item.id): item for item in reversed(found)}.values())[::-1]

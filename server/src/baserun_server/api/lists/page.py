"""A page of users, sessions or traces: which rows, in which order, from where.

A list is read in two steps: candidates first, over the narrow columns that conditions and order need, then the whole
rows of the page by their ids. Candidates are read without merging replaced rows away; one whose row by id has another
version was replaced and is left out.

What was active before and after a window that is over may not have been active in it. Few rows of a page are of that
kind, so they alone are looked up; only if too few remain, the database checks everybody (`Conditions.between`).
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

from ...store.search.condition import Condition
from ...store.search.filters import parse_filter
from ...store.search.values import LATEST_US
from .. import schemas
from ..answers.reader import Reader
from ..http.parameters import ListParameters
from . import windows
from .active import active_in
from .conditions import TRACES, Conditions, List, conditions_of, read_window, source_of
from .paging import Order, fingerprint, parse_order, read_cursor, write_cursor
from .windows import Window

SPARE_CANDIDATES = 50
"""Candidates beyond the page, for those that turn out to be replaced; where they do not suffice, four times as many."""
SPARE_ROWS = 5
"""Whole rows read beyond the page, for the same reason; where they do not suffice, the next candidates' rows."""


@dataclass
class Found:
    """A page: whole rows in order, and what leads on."""

    rows: list[dict[str, Any]]
    window: Window
    next_cursor: str | None
    total: schemas.Total | None = None
    inside: dict[str, schemas.Numbers] | None = None
    """Numbers inside the window by id, where these were read already."""


async def find(ask: Reader, list_: List, query: ListParameters, *extra: Condition) -> Found:
    """A page of a list. `extra` holds besides what the query says."""
    order = parse_order(list_.name, query.sort, list_.order, list_.id_name)
    belongs_to = _fingerprint(ask, list_, query, extra)
    window, after = _beginning(ask, query, belongs_to, order)
    conditions = conditions_of(list_, window, query.q, parse_filter(query.filter or ""), ask.now_us, *extra)
    behind = [order.after(after)] if after else []
    rest = replace(conditions, plain=[*conditions.plain, *behind])
    questions: list[Any] = [_first_rows(ask, list_, rest, order, query.limit + 1, window)]
    if query.include == "total":
        questions.append(count(ask, list_, conditions))
    (found, inside), *totals = await ask.all(*questions)
    page, has_more = found[: query.limit], len(found) > query.limit
    next_cursor = _cursor_behind(page[-1], window, belongs_to, order) if has_more else None
    total = schemas.Total(value=totals[0], exact=True) if totals else None
    return Found(page, window, next_cursor, total, inside)


def _fingerprint(ask: Reader, list_: List, query: ListParameters, extra: tuple[Condition, ...]) -> str:
    """Hash everything that decides which rows there are, and in which order: a cursor belongs to it."""
    given = (query.from_, query.to, query.q, query.filter, query.sort)
    return fingerprint(list_.name, ask.project_id, *given, [condition.parameters for condition in extra])


def _beginning(ask: Reader, query: ListParameters, belongs_to: str, order: Order) -> tuple[Window, list[Any] | None]:
    """The window, and the sort keys of the row behind which the page begins.

    A cursor holds the window of its first page: `now-7d` then means the same on every page.
    """
    window = read_window(query, ask.now_us)
    if not query.cursor:
        return window, None
    from_us, to_us, *after = read_cursor(query.cursor, belongs_to, [int, int, *order.types])
    return Window(*(min(edge, LATEST_US) if edge >= 0 else None for edge in (from_us, to_us))), after


def _cursor_behind(row: dict[str, Any], window: Window, belongs_to: str, order: Order) -> str:
    edges = [-1 if edge is None else edge for edge in (window.from_us, window.to_us)]
    return write_cursor(belongs_to, [*edges, *order.values(row)])


async def numbers_inside(ask: Reader, list_: List, found: Found) -> dict[str, schemas.Numbers]:
    """Numbers of what lies inside the window, by the id of a user or session of the page."""
    if found.inside is not None:
        return found.inside
    return (await windows.OF[list_.name](ask, found.window, found.rows)).numbers


async def _first_rows(
    ask: Reader, list_: List, conditions: Conditions, order: Order, wanted: int, window: Window
) -> tuple[list[dict[str, Any]], dict[str, schemas.Numbers] | None]:
    """The first rows under these conditions, whole and with their sort keys.

    With them their numbers inside the window, where these were read.
    """
    limit = wanted + SPARE_CANDIDATES
    is_open = conditions.between is not None
    while True:
        candidates = await _candidates(ask, list_, conditions.cheap if is_open else conditions, order, limit)
        rows: list[dict[str, Any]] = []
        inside: dict[str, schemas.Numbers] = {}
        async for live in _live_among(ask, list_, candidates, wanted + SPARE_ROWS):
            active, numbers = await active_in(ask, list_.name, window, live) if is_open else (live, {})
            rows += active
            inside |= numbers
            if len(rows) >= wanted:
                break
        if len(rows) >= wanted or len(candidates) < limit:
            return rows[:wanted], inside if is_open else None
        if is_open:
            is_open = False  # too few of them were in the window: now everybody is asked
        else:
            limit *= 4


async def _candidates(
    ask: Reader, list_: List, conditions: Conditions, order: Order, limit: int
) -> list[dict[str, Any]]:
    """The first rows under these conditions, replaced ones among them: ids, versions and sort keys."""
    return await ask.rows(
        f"list_{list_.name}",
        {**conditions.parameters, "now_us": ask.now_us, "limit": limit},
        columns=order.columns,
        order=order.by,
        where=conditions.sql,
        source=source_of(list_, conditions, order.columns),
    )


async def _live_among(
    ask: Reader, list_: List, candidates: list[dict[str, Any]], at_once: int
) -> AsyncIterator[list[dict[str, Any]]]:
    """Read the candidates that hold, whole and in order, at most `at_once` at a time."""
    # Of an id at most the newest candidate holds, and it may stand twice until a repeated insert was merged away.
    newest: dict[str, dict[str, Any]] = {}
    for candidate in candidates:
        known = newest.get(candidate["id"])
        if known is None or candidate["version"] > known["version"]:
            newest[candidate["id"]] = candidate
    distinct = [candidate for candidate in candidates if newest[candidate["id"]] is candidate]
    for begin in range(0, len(distinct), at_once):
        group = distinct[begin : begin + at_once]
        live = await _by_id(ask, list_, group)
        yield [
            {**live[candidate["id"]], **candidate}
            for candidate in group
            if candidate["id"] in live and live[candidate["id"]]["version"] == candidate["version"]
        ]


async def _by_id(ask: Reader, list_: List, candidates: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Read the current rows by id."""
    if not candidates:
        return {}
    parameters: dict[str, Any] = {"ids": sorted({candidate["id"] for candidate in candidates})}
    if list_ is TRACES:
        days = [candidate["day"] for candidate in candidates]
        parameters |= {"session_ids": sorted({candidate["session_id"] for candidate in candidates})}
        parameters |= {"first_day": min(days), "last_day": max(days)}
    rows = await ask.rows(f"{list_.name}_by_id", parameters)
    return {row[list_.id_name]: row for row in rows}


async def count(ask: Reader, list_: List, conditions: Conditions) -> int:
    """Count the rows that fulfil these conditions."""
    (row,) = await ask.rows(
        f"count_{list_.name}",
        {**conditions.parameters, "now_us": ask.now_us},
        where=conditions.sql,
        source=source_of(list_, conditions, final=True),
    )
    return row["value"]

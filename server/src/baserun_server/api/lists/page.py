"""A page of users, sessions or traces: which rows, in which order, from where.

A list is read in two steps: candidates first, over the narrow columns that conditions and order need, then the whole
rows of the page by their ids. Candidates are read without merging replaced rows away; one whose row by id has another
version was replaced and is left out.

What was active before and after a window that is over may not have been active in it. Few rows of a page are of that
kind, so they alone are looked up; only where too few remain, everybody is (`Conditions.between`).
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

from ...errors import BadParameter
from ...store.search.compile import compile_filter
from ...store.search.condition import Condition
from ...store.search.filters import Clause, parse_filter
from ...store.search.sources import traces_with_users
from ...store.search.values import LATEST_US
from ...store.search.within import by_any_id, said_within
from ...store.search.words import Word, Words, parse_words
from ...store.statements import part, render
from .. import schemas
from ..answers.reader import Reader
from ..http.parameters import ListParameters, WindowParameters
from ..http.times import parse_time
from . import windows
from .active import active_in
from .paging import Order, fingerprint, parse_order, read_cursor, write_cursor
from .windows import Window


@dataclass(frozen=True)
class List:
    """What is listed: its table and id, its usual order, and where words are looked for."""

    name: str
    id_name: str
    order: str
    searched: tuple[str, ...]


USERS = List("users", "user_id", "-last_seen", ("user_id", "arrayStringConcat(aliases, '\\n')", "toString(traits)"))
SESSIONS = List(
    "sessions",
    "session_id",
    "-last_activity",
    ("session_id", "name", "arrayStringConcat(users, '\\n')"),
)
TRACES = List("traces", "trace_id", "-started_at", ("trace_id", "name"))
SPARE_CANDIDATES = 50
"""Candidates beyond the page, for those that turn out to be replaced; where they do not suffice, four times as many."""
SPARE_ROWS = 5
"""Whole rows read beyond the page, likewise; where they do not suffice, the next candidates' rows."""
LISTS = {list_.name: list_ for list_ in (USERS, SESSIONS, TRACES)}


@dataclass
class Found:
    """A page: whole rows in order, and what leads on."""

    rows: list[dict[str, Any]]
    window: Window
    next_cursor: str | None
    total: schemas.Total | None = None
    parts: dict[str, schemas.Numbers] | None = None
    """What lies inside the window, where that was read already."""


@dataclass
class Conditions:
    """What holds for the rows of a list; all of it."""

    parts: list[Condition] = field(default_factory=list)
    between: Condition | None = None
    """Dear: of what was active before and after the window, whether it was in it. Holds like the parts."""

    @property
    def cheap(self) -> "Conditions":
        """The same, but for what was active before and after the window."""
        return replace(self, between=None)

    def add(self, sql: str, **parameters: Any) -> None:
        """One more."""
        self.parts.append(Condition(sql, parameters))

    @property
    def sql(self) -> str:
        """All of them, joined."""
        return " AND ".join(f"({part.sql})" for part in self._all) or "1"

    @property
    def parameters(self) -> dict[str, Any]:
        """The values of all of them."""
        return {name: value for part in self._all for name, value in part.parameters.items()}

    @property
    def _all(self) -> list[Condition]:
        return [*self.parts, self.between] if self.between else self.parts


def read_window(query: WindowParameters, now_us: int) -> Window:
    """The window that `from` and `to` name."""
    from_us = parse_time(query.from_, now_us, "from") if query.from_ else None
    to_us = parse_time(query.to, now_us, "to") if query.to else None
    if from_us is not None and to_us is not None and from_us > to_us:
        raise BadParameter(f"`from` ({query.from_}) is after `to` ({query.to})", hint="exchange them", field="from")
    return Window(from_us, to_us)


async def find(ask: Reader, list_: List, query: ListParameters, *extra: Condition) -> Found:
    """A page of a list. `extra` holds besides what the query says."""
    order = parse_order(list_.name, query.sort, list_.order, list_.id_name)
    belongs_to = fingerprint(
        list_.name,
        ask.project_id,
        query.from_,
        query.to,
        query.q,
        query.filter,
        query.sort,
        [part.parameters for part in extra],
    )
    window, after = read_window(query, ask.now_us), None
    if query.cursor:
        from_us, to_us, *after = read_cursor(query.cursor, belongs_to, [int, int, *order.types])
        window = Window(*(min(edge, LATEST_US) if edge >= 0 else None for edge in (from_us, to_us)))
    conditions = conditions_of(list_, window, query.q, parse_filter(query.filter or ""), ask.now_us, *extra)
    rest = replace(conditions, parts=[*conditions.parts, order.after(after)] if after else conditions.parts)
    questions: list[Any] = [_first_rows(ask, list_, rest, order, query.limit + 1, window)]
    if query.include == "total":
        questions.append(count(ask, list_, conditions))
    (found, parts), *totals = await ask.all(*questions)
    page = found[: query.limit]
    next_cursor = None
    if len(found) > query.limit:
        bounds = [-1 if edge is None else edge for edge in (window.from_us, window.to_us)]
        next_cursor = write_cursor(belongs_to, [*bounds, *order.values(page[-1])])
    total = schemas.Total(value=totals[0], exact=True) if totals else None
    return Found(page, window, next_cursor, total, parts)


async def parts_of(ask: Reader, list_: List, found: Found) -> dict[str, schemas.Numbers]:
    """What of the users or sessions of a page lies inside its window, by id."""
    if found.parts is not None:
        return found.parts
    return (await windows.OF[list_.name](ask, found.window, found.rows)).numbers


async def _first_rows(
    ask: Reader, list_: List, conditions: Conditions, order: Order, wanted: int, window: Window
) -> tuple[list[dict[str, Any]], dict[str, schemas.Numbers] | None]:
    """The first rows under these conditions, whole and with their sort keys; their parts where these were read."""
    limit = wanted + SPARE_CANDIDATES
    is_open = conditions.between is not None
    while True:
        candidates = await _candidates(ask, list_, conditions.cheap if is_open else conditions, order, limit)
        rows: list[dict[str, Any]] = []
        parts: dict[str, schemas.Numbers] = {}
        async for live in _live_among(ask, list_, candidates, wanted + SPARE_ROWS):
            active, numbers = await active_in(ask, list_.name, window, live) if is_open else (live, {})
            rows += active
            parts |= numbers
            if len(rows) >= wanted:
                break
        if len(rows) >= wanted or len(candidates) < limit:
            return rows[:wanted], parts if is_open else None
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
    """Those of the candidates that hold, whole and in order, at most so many at a time."""
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
    """The rows that hold now, by id."""
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
    """How many rows there are under these conditions."""
    (row,) = await ask.rows(
        f"count_{list_.name}",
        {**conditions.parameters, "now_us": ask.now_us},
        where=conditions.sql,
        source=source_of(list_, conditions, final=True),
    )
    return row["value"]


def conditions_of(
    list_: List, window: Window, q: str | None, clauses: tuple[Clause, ...], now_us: int, *extra: Condition
) -> Conditions:
    """Everything that a row of the list must fulfil."""
    conditions = Conditions(list(extra))
    _add_window(conditions, list_, window, now_us)
    _add_words(conditions, list_, q or "")
    if clauses:
        conditions.parts.append(compile_filter(list_.name, clauses, now_us))
    return conditions


def source_of(list_: List, conditions: Conditions, *more: str, final: bool = False) -> str:
    """The table of a list; of traces with the sessions joined where their settled user is asked for.

    `final` leaves out replaced rows: what counts and adds up needs that.
    """
    table = f"{list_.name} FINAL" if final else list_.name
    if list_ is TRACES and any("effective_user" in text for text in (conditions.sql, *more)):
        known = conditions.parameters
        days = [f"day >= toDate({_FROM})"] * ("from_us" in known) + [f"day <= toDate({_TO})"] * ("to_us" in known)
        return traces_with_users(table, " AND ".join(days) or "1")
    return table


# Of the window: from a column to a column the thing was active.
_SPANS_OF_ACTIVITY = {"users": ("first_seen", "last_seen"), "sessions": ("started_at", "last_activity")}
_FROM, _TO = part("window_begin"), part("window_end")


def _add_window(conditions: Conditions, list_: List, window: Window, now_us: int) -> None:
    from_us, to_us = window.from_us, window.to_us
    if list_ is TRACES:
        if from_us is not None:
            conditions.add(f"day >= toDate({_FROM}) AND started_at >= {_FROM}", from_us=from_us)
        if to_us is not None:
            conditions.add(f"day <= toDate({_TO}) AND started_at <= {_TO}", to_us=to_us)
        return
    begin, end = _SPANS_OF_ACTIVITY[list_.name]
    if from_us is not None:
        conditions.add(f"{end} >= {_FROM}", from_us=from_us)
    if to_us is not None:
        conditions.add(f"{begin} <= {_TO}", to_us=to_us)
    if from_us is not None and to_us is not None and to_us < now_us:
        # Active before and after the window is not active in it.
        around = render("conditions", f"{list_.name}_around")
        between = render("conditions", "active_between", {"id": list_.id_name, "around": around})
        if list_ is USERS:
            between = by_any_id(between)
        inside = f"{begin} >= {_FROM} OR {end} <= {_TO} OR {between}"
        conditions.between = Condition(inside, {"from_us": from_us, "to_us": to_us})


def _add_words(conditions: Conditions, list_: List, text: str) -> None:
    """Each word, or "phrase", must stand in the row or have been said in it; each -word nowhere."""
    words = parse_words(text)
    for index, word in enumerate(words.all):
        spoken = said_within(list_.name, Words((Word(word.text),), words.role), f"q{index}_")
        bound = f"{{q{index}_0:String}}"
        columns = [] if words.role else list_.searched
        somewhere = [*(f"positionCaseInsensitiveUTF8({c}, {bound}) > 0" for c in columns), spoken.sql]
        one_of = " OR ".join(somewhere)
        conditions.add(f"NOT ({one_of})" if word.unwanted else one_of, **spoken.parameters)

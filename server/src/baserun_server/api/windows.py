"""The part of users and sessions that lies inside a window: exact numbers, for the rows of a page only.

A thing that lies in the window as a whole needs no question: its part is its total.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from . import rows, schemas
from .lists import Window
from .people import ids_of
from .reader import Reader

DAY_US = 86_400 * 10**6
_EPOCH = date(1970, 1, 1)
_LAST_DAY = (date(2149, 6, 6) - _EPOCH).days
"""The last day that the engine's dates can name."""


async def of_users(ask: Reader, window: Window, found: Sequence[dict[str, Any]]) -> dict[str, schemas.Numbers]:
    """Numbers by user. Whole days come from the roll-up of days, the days that the window cuts from their traces."""
    cut = {row["user_id"]: row for row in found if not _inside(window, row["first_seen_us"], row["last_seen_us"])}
    parts = {row["user_id"]: _total(row) for row in found if row["user_id"] not in cut}
    if not cut:
        return parts
    from_us = window.from_us or 0
    to_us = min(_LAST_DAY * DAY_US - 1, ask.now_us + 366 * DAY_US if window.to_us is None else window.to_us)
    first_whole = -(-from_us // DAY_US)
    last_whole = (to_us + 1) // DAY_US - 1
    owners = {id_: row["user_id"] for row in cut.values() for id_ in ids_of(row)}
    cut_days = sorted({from_us // DAY_US, to_us // DAY_US} - set(range(first_whole, last_whole + 1)))
    questions = []
    if first_whole <= last_whole:
        span = {"first_day": _day(first_whole), "last_day": _day(last_whole)}
        questions.append(ask.rows("window_of_users_whole_days", {"ids": list(owners), **span}))
    if cut_days:
        days = [_day(day) for day in cut_days]
        span = {"days": days, "from_us": from_us, "to_us": to_us}
        questions.append(ask.rows("window_of_users_cut_days", {"ids": list(owners), **span}))
    sums: dict[str, dict[str, Any]] = {}
    for answer in await ask.all(*questions):
        for row in answer:
            known = sums.setdefault(owners[row["id"]], dict.fromkeys(row.keys() - {"id"}, 0))
            for name in known:
                known[name] += row[name]
    return parts | {id_: _part(sums.get(id_)) for id_ in cut}


async def of_sessions(ask: Reader, window: Window, found: Sequence[dict[str, Any]]) -> dict[str, schemas.Numbers]:
    """Numbers by session: of its traces that begin in the window."""
    cut = [row["session_id"] for row in found if not _inside(window, row["started_us"], row["last_activity_us"])]
    parts = {row["session_id"]: _total(row) for row in found if row["session_id"] not in cut}
    if not cut:
        return parts
    bounds = {"from_us": window.from_us or 0, "to_us": _LAST_DAY * DAY_US if window.to_us is None else window.to_us}
    answer = await ask.rows("window_of_sessions", {"ids": cut, **bounds})
    sums = {row["id"]: row for row in answer}
    return parts | {id_: _part(sums.get(id_)) for id_ in cut}


def _inside(window: Window, first_us: int, last_us: int) -> bool:
    after = window.from_us is None or first_us >= window.from_us
    return after and (window.to_us is None or last_us <= window.to_us)


def _total(row: dict[str, Any]) -> schemas.Numbers:
    return schemas.Numbers(**rows.numbers(row))


def _part(row: dict[str, Any] | None) -> schemas.Numbers:
    return schemas.Numbers(**rows.numbers(row)) if row else rows.NO_NUMBERS


def _day(number: int) -> str:
    return (_EPOCH + timedelta(days=number)).isoformat()

"""The numbers of users and sessions inside a window: exact, and only for the rows of a page.

What is inside the window as a whole needs no query: its numbers are its totals. Of the others, whole days come from the
roll-up of activity; days that an end of the window cuts are read from the traces of that day.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ...store.precedence import user_of_trace
from .. import schemas
from ..answers import rows
from ..answers.people import ids_of
from ..answers.reader import Reader

DAY_US = 86_400 * 10**6
_LATEST_US = 65_535 * DAY_US - 1
"""The last day that the engine's dates can name."""
_FAR_US = 366 * DAY_US


@dataclass(frozen=True)
class Window:
    """A stretch of time, both ends included; None is open."""

    from_us: int | None
    to_us: int | None

    @property
    def bounded(self) -> bool:
        """Whether anything can be outside."""
        return self.from_us is not None or self.to_us is not None


class Inside(NamedTuple):
    """What some users or sessions have inside a window."""

    numbers: dict[str, schemas.Numbers]
    silent: set[str]
    """Those that did nothing on the days of the window; what began before may last until it all the same."""


async def of_users(ask: Reader, window: Window, found: Sequence[dict[str, Any]]) -> Inside:
    """Numbers by user, what is known under an alias included; none where the window is open on both sides."""
    if not window.bounded:
        return Inside({}, set())
    cut = [row for row in found if not _inside(window, row["first_seen_us"], row["last_seen_us"])]
    owners = {id_: row["user_id"] for row in cut for id_ in ids_of(row)}
    sums = _InsideSums(ask, window, "user_id", "user_id IN {ids:Array(String)}", {"ids": list(owners)}, owners)
    return await sums.numbers([row["user_id"] for row in cut], found)


async def of_sessions(ask: Reader, window: Window, found: Sequence[dict[str, Any]]) -> Inside:
    """Numbers by session; none where the window is open on both sides."""
    if not window.bounded:
        return Inside({}, set())
    cut = [row for row in found if not _inside(window, row["started_us"], row["last_activity_us"])]
    places = [(user, row["session_id"]) for row in cut for user in (*row["users"], "")]
    where = "(user_id, session_id) IN {owned:Array(Tuple(String, String))}"
    ids = [row["session_id"] for row in cut]
    sums = _InsideSums(ask, window, "session_id", where, {"owned": places, "ids": []}, {id_: id_ for id_ in ids})
    return await sums.numbers(ids, found)


OF = {"users": of_users, "sessions": of_sessions}
"""By the name of a list."""


class _InsideSums:
    """One question: the sums of a window by `id_name`; `owners` says in whose row what stands under an id counts."""

    def __init__(
        self,
        ask: Reader,
        window: Window,
        id_name: str,
        where: str,
        parameters: dict[str, Any],
        owners: Mapping[str, str],
    ) -> None:
        to_us = ask.now_us + _FAR_US if window.to_us is None else window.to_us
        self._bounds = {"from_us": window.from_us or 0, "to_us": min(_LATEST_US, to_us)}
        self._ask, self._id_name, self._where, self._parameters = ask, id_name, where, parameters
        self._owners = owners
        self._sums: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))

    async def numbers(self, cut: Sequence[str], found: Sequence[dict[str, Any]]) -> Inside:
        """Sum up what an end of the window cuts; everything else has its total."""
        totals = {
            row[self._id_name]: schemas.Numbers(**rows.numbers(row))
            for row in found
            if row[self._id_name] not in set(cut)
        }
        if not cut:
            return Inside(totals, set())
        whole, _ = await self._ask.all(
            self._rows("activity_of_window", self._parameters, id=self._id_name, where=self._where),
            self._scores_of_users(),
        )
        cuts = {tuple(cut) for row in whole for cut in row["cuts"]}
        for row in whole:
            self._add(row["id"], row)
        await self._cut_days(cuts)
        sums = {
            id_: schemas.Numbers(**rows.numbers(self._sums[id_])) if id_ in self._sums else rows.NO_NUMBERS
            for id_ in cut
        }
        return Inside(totals | sums, {*cut} - {self._owners[row["id"]] for row in whole})

    async def _cut_days(self, cuts: set[tuple[str, str, str]]) -> None:
        """Traces and judgements of the days that an end of the window cuts: of these users, days and sessions."""
        if not cuts:
            return
        places = sorted({(day, session_id) for _, day, session_id in cuts})
        session_ids = sorted({session_id for _, _, session_id in cuts} - {""})
        given = {"places": places, "session_ids": session_ids}
        traces, scores, sessions = await self._ask.all(
            self._rows("traces_of_window", {"places": places, "ids": self._parameters["ids"]}),
            self._rows("scores_of_window", given, where=_OF_SESSIONS),
            self._ask.rows("sessions_users", {"ids": session_ids}),
        )
        by_id = {row["session_id"]: row for row in sessions}
        for row in (*traces, *({**score, "app_user": "", "provider_user": ""} for score in scores)):
            session = by_id.get(row["session_id"], _NO_SESSION)
            user_id = user_of_trace(
                assigned=session["assigned_user"],
                app_of_trace=row["app_user"],
                app_of_session=session["app_user"],
                provider_of_trace=row["provider_user"],
                provider_of_session=session["provider_user"],
            )
            if (user_id, row["of_day"], row["session_id"]) in cuts:
                self._add(user_id if self._id_name == "user_id" else row["session_id"], row)

    async def _scores_of_users(self) -> None:
        if self._id_name == "user_id":
            for row in await self._rows("scores_of_window", {"ids": self._parameters["ids"]}, where=_OF_USERS):
                self._add(row["user_id"], row)

    def _add(self, id_: str, row: dict[str, Any]) -> None:
        for name, number in row.items():
            if isinstance(number, int):
                self._sums[self._owners[id_]][name] += number

    async def _rows(self, statement: str, parameters: dict[str, Any], **fragments: str) -> list[dict[str, Any]]:
        return await self._ask.rows(statement, {**parameters, **self._bounds}, **fragments)


_OF_SESSIONS = (
    "session_id IN {session_ids:Array(String)} AND (toDate(at), session_id) IN {places:Array(Tuple(Date, String))}"
)
_OF_USERS = "session_id = '' AND user_id IN {ids:Array(String)}"
_NO_SESSION = {"assigned_user": "", "app_user": "", "provider_user": ""}


def _inside(window: Window, first_us: int, last_us: int) -> bool:
    after = window.from_us is None or first_us >= window.from_us
    return after and (window.to_us is None or last_us <= window.to_us)

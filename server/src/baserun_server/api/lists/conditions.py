"""Which rows belong to a list: those of its window that hold its words and fulfil its filter, as conditions in SQL."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ...errors import BadParameter
from ...store.search.compile import compile_filter
from ...store.search.condition import Condition
from ...store.search.filters import Clause
from ...store.search.sources import traces_with_users
from ...store.search.within import by_any_id, said_within
from ...store.search.words import Word, Words, parse_words
from ...store.statements import fragment, render
from ..http.parameters import WindowParameters
from ..http.times import parse_time
from .windows import Window


@dataclass(frozen=True)
class List:
    """A list: its table and id, its default order, and the columns that are searched for words."""

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
BY_NAME = {list_.name: list_ for list_ in (USERS, SESSIONS, TRACES)}


@dataclass
class Conditions:
    """Conditions on the rows of a list; a row fulfils all of them."""

    plain: list[Condition] = field(default_factory=list)
    between: Condition | None = None
    """Expensive: of what was active before and after the window, whether it was in it. Holds like the plain ones."""

    @property
    def cheap(self) -> "Conditions":
        """The same, but for what was active before and after the window."""
        return replace(self, between=None)

    def add(self, sql: str, **parameters: Any) -> None:
        """One more."""
        self.plain.append(Condition(sql, parameters))

    @property
    def sql(self) -> str:
        """All of them, joined."""
        return " AND ".join(f"({one.sql})" for one in self._all) or "1"

    @property
    def parameters(self) -> dict[str, Any]:
        """The values of all of them."""
        return {name: value for one in self._all for name, value in one.parameters.items()}

    @property
    def _all(self) -> list[Condition]:
        return [*self.plain, self.between] if self.between else self.plain


def read_window(query: WindowParameters, now_us: int) -> Window:
    """The window that `from` and `to` name."""
    from_us = parse_time(query.from_, now_us, "from") if query.from_ else None
    to_us = parse_time(query.to, now_us, "to") if query.to else None
    if from_us is not None and to_us is not None and from_us > to_us:
        raise BadParameter(f"`from` ({query.from_}) is after `to` ({query.to})", hint="exchange them", field="from")
    return Window(from_us, to_us)


def conditions_of(
    list_: List, window: Window, q: str | None, clauses: tuple[Clause, ...], now_us: int, *extra: Condition
) -> Conditions:
    """Collect everything that a row of the list must fulfil."""
    plain = [*extra, *_in_window(list_, window), *_with_words(list_, q or "")]
    if clauses:
        plain.append(compile_filter(list_.name, clauses, now_us))
    return Conditions(plain, _active_between(list_, window, now_us))


# The columns from which to which a thing was active.
_SPANS_OF_ACTIVITY = {"users": ("first_seen", "last_seen"), "sessions": ("started_at", "last_activity")}
_FROM, _TO = fragment("window_begin"), fragment("window_end")


def _in_window(list_: List, window: Window) -> Iterator[Condition]:
    """A trace begins in the window; users and sessions reach into it."""
    if list_ is TRACES:
        after, before = (
            f"day >= toDate({_FROM}) AND started_at >= {_FROM}",
            f"day <= toDate({_TO}) AND started_at <= {_TO}",
        )
    else:
        begin, end = _SPANS_OF_ACTIVITY[list_.name]
        after, before = f"{end} >= {_FROM}", f"{begin} <= {_TO}"
    if window.from_us is not None:
        yield Condition(after, {"from_us": window.from_us})
    if window.to_us is not None:
        yield Condition(before, {"to_us": window.to_us})


def _active_between(list_: List, window: Window, now_us: int) -> Condition | None:
    """Of a window that is over: what was active before and after it was active in it, too."""
    if list_ is TRACES or window.from_us is None or window.to_us is None or window.to_us >= now_us:
        return None
    around = render("conditions", f"{list_.name}_around")
    between = render("conditions", "active_between", {"id": list_.id_name, "around": around})
    if list_ is USERS:
        between = by_any_id(between)
    begin, end = _SPANS_OF_ACTIVITY[list_.name]
    inside = f"{begin} >= {_FROM} OR {end} <= {_TO} OR {between}"
    return Condition(inside, {"from_us": window.from_us, "to_us": window.to_us})


def _with_words(list_: List, text: str) -> Iterator[Condition]:
    """Each word, or "phrase", must stand in the row or have been said in it; each -word nowhere."""
    words = parse_words(text)
    for index, word in enumerate(words.all):
        spoken = said_within(list_.name, Words((Word(word.text),), words.role), f"q{index}_")
        bound = f"{{q{index}_0:String}}"
        columns = [] if words.role else list_.searched
        somewhere = [*(f"positionCaseInsensitiveUTF8({c}, {bound}) > 0" for c in columns), spoken.sql]
        one_of = " OR ".join(somewhere)
        yield Condition(f"NOT ({one_of})" if word.unwanted else one_of, spoken.parameters)


def source_of(list_: List, conditions: Conditions, *more: str, final: bool = False) -> str:
    """The table of a list; of traces joined with the sessions where a condition needs their user.

    `final` leaves out replaced rows: what counts and adds up needs that.
    """
    table = f"{list_.name} FINAL" if final else list_.name
    if list_ is TRACES and any("effective_user" in text for text in (conditions.sql, *more)):
        known = conditions.parameters
        days = [f"day >= toDate({_FROM})"] * ("from_us" in known) + [f"day <= toDate({_TO})"] * ("to_us" in known)
        return traces_with_users(table, " AND ".join(days) or "1")
    return table

"""What an erasure concerns, and which rows of which table that is."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from ..touched import Touched

CHUNK = 5_000
"""Ids a statement: on a cluster it is kept in Keeper until every node has run it."""

TRACES = "trace_id IN {trace_ids:Array(String)}"
SESSIONS = "session_id IN {session_ids:Array(String)}"
USERS = "user_id IN {user_ids:Array(String)}"
CALLS = (
    "trace_id = '' AND (response_id != '' AND response_id IN {response_ids:Array(String)}"
    " OR completion_id != '' AND completion_id IN {completion_ids:Array(String)})"
)
WHERE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("spans", (TRACES,)),
    ("scores", (TRACES, SESSIONS, USERS, CALLS)),
    ("log_entries", (TRACES, SESSIONS, USERS, CALLS)),
    ("session_events", (SESSIONS, USERS)),
    ("user_events", (USERS, "alias IN {user_ids:Array(String)}")),
    ("traces", (TRACES,)),
    ("said_apart", (TRACES,)),
    ("trace_keys", (TRACES,)),
    ("sessions", (SESSIONS,)),
    ("session_keys", (SESSIONS,)),
    ("activity", (SESSIONS, USERS)),
    ("users", (USERS,)),
)
"""Each table that holds something of people, and what of it is somebody's. Facts first, then what is made of them."""
QUARTERS = "quarter_hours"
"""Counts people by hashes of their ids: it is emptied, and made again from what is left."""
NAMES = ("trace_ids", "session_ids", "user_ids", "response_ids", "completion_ids")


class Plan(msgspec.Struct):
    """What an erasure concerns; lists of ids, and how many rows of each kind there are."""

    user_ids: list[str]
    trace_ids: list[str] = []
    session_ids: list[str] = []
    """Sessions that are this person's alone."""
    shared_ids: list[str] = []
    """Sessions in which others took part too: they stay, without this person's traces."""
    response_ids: list[str] = []
    completion_ids: list[str] = []
    claimed_ids: list[str] = []
    """Ids that only a sender said to be the same person's, and under which something was recorded; not erased."""
    counts: dict[str, int] = {}
    rest: Touched | None = None
    """What stays and has to be computed again."""


def either(conditions: Sequence[str]) -> str:
    """Join conditions with OR."""
    return " OR ".join(f"({condition})" for condition in conditions)


def values_of(plan: Plan, where: str) -> dict[str, list[str]]:
    """The values that a condition refers to."""
    return {name: getattr(plan, name) for name in NAMES if f"{{{name}:" in where}


def chunks(plan: Plan, condition: str) -> Iterator[dict[str, list[str]]]:
    """The values of a condition, so many at a time; none where there are no ids."""
    yield from cut_values(values_of(plan, condition))


def cut_values(values: Mapping[str, list[str]]) -> Iterator[dict[str, list[str]]]:
    """The same lists of ids, `CHUNK` of each at a time."""
    for start in range(0, max(map(len, values.values())), CHUNK):
        yield {name: ids[start : start + CHUNK] for name, ids in values.items()}


def cut(ids: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The ids, `CHUNK` at a time."""
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]

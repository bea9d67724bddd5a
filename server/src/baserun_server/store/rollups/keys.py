"""What a run reads to know which rows it has to write anew: keys, places, and what a project has at all."""

from datetime import date

import msgspec

HOUR_S = 3_600
DAY_S = 86_400


class Presence(msgspec.Struct):
    """Which facts beside spans a project has at all."""

    scores: int
    scores_of_calls: int
    updates: int
    contents: int
    failures: int
    session_events: int
    user_events: int


EVERYTHING = Presence(1, 1, 1, 1, 1, 1, 1)


class Place(msgspec.Struct):
    """Where the spans of a trace lie, and which sessions and users any of them ever named."""

    trace_id: str
    first_hour: int
    last_hour: int
    first_batch: int
    last_batch: int
    reckoned: int
    session_ids: list[str]
    user_ids: list[str]

    @property
    def hours(self) -> list[int]:
        """Hours in which spans may start, in seconds since the epoch."""
        return list(range(self.first_hour, self.last_hour + 1, HOUR_S))

    @property
    def days(self) -> list[int]:
        """Days on which the trace may start, since the epoch."""
        return list(range(self.first_hour // DAY_S, self.last_hour // DAY_S + 1))


class TraceKey(msgspec.Struct, frozen=True):
    """Key of a row of `traces`."""

    day: int
    session_id: str
    user_id: str
    trace_id: str


class ActivityKey(msgspec.Struct, frozen=True):
    """Key of a row of `activity`."""

    user_id: str
    session_id: str
    day: int


class SessionKeys(msgspec.Struct):
    """Where rows of a session may stand."""

    session_id: str
    days: list[int] = []
    user_keys: list[str] = []
    said: tuple[str, str, str] | None = None
    """What it said about its user before; None of a new session."""


class Newer(msgspec.Struct):
    """Version with which another worker reckoned a trace or a session after us."""

    id: str
    version: int


class JudgedCall(msgspec.Struct):
    """A judgement of a call by an id of the call."""

    response_id: str
    completion_id: str
    up: int
    down: int


def iso_of_day(day: int) -> str:
    """A day since the epoch as `2026-11-22`."""
    return date.fromordinal(day + EPOCH).isoformat()


def day_of_iso(iso: str) -> int:
    """The reverse."""
    return date.fromisoformat(iso).toordinal() - EPOCH


EPOCH = date(1970, 1, 1).toordinal()

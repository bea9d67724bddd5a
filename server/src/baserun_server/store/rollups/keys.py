"""What a run reads to find the rows that it has to write again: keys, places, and which facts a project has."""

from datetime import date

import msgspec

WIDE = 500
"""Hours, times sessions, in which the spans of a trace may lie: named up to here, looked up beyond."""
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
    """Where the spans of a trace are, and which sessions and users any of them ever named."""

    trace_id: str
    first_hour: int
    last_hour: int
    first_batch: int
    last_batch: int
    reckoned: int
    session_ids: list[str]
    user_ids: list[str]
    known: list[tuple[int, str]] | None = None
    """The hours and sessions that there are, where `is_wide`."""

    @property
    def is_wide(self) -> bool:
        """Whether the hours in which spans may start are too many to be named, as where one starts in 1970."""
        return (self.last_hour - self.first_hour) // HOUR_S * max(len(self.session_ids), 1) > WIDE

    @property
    def hours(self) -> list[int]:
        """Hours in which spans may start, in seconds since the epoch."""
        if self.known is not None:
            return sorted({hour for hour, _ in self.known})
        return list(range(self.first_hour, self.last_hour + 1, HOUR_S))

    @property
    def days(self) -> list[int]:
        """Days on which the trace may start, since the epoch."""
        return sorted({hour // DAY_S for hour in self.hours})

    @property
    def pairs(self) -> list[tuple[int, str]]:
        """Hours and sessions under which spans may be stored."""
        return self.known or [(hour, session_id) for hour in self.hours for session_id in self.session_ids]


class SpanPlace(msgspec.Struct):
    """An hour in which a trace has a span, and the session that this names."""

    trace_id: str
    hour: int
    session_id: str


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
    """Version with which another worker computed a trace or a session after us."""

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

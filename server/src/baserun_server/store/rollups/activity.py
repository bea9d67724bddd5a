"""What each user did in each session on each day, from parts of sessions. Pure."""

from collections.abc import Iterable

from ..facts.rows import DAY_US
from .sessions import Part, SessionRow
from .sums import SETS, Feedback, Sums


class ActivityRow(Sums, kw_only=True):
    """A row of `activity`."""

    project_id: str
    user_id: str
    session_id: str
    day: int
    first_us: int = 0
    last_us: int = 0
    models: list[str] = []
    providers: list[str] = []
    tags: list[str] = []
    environments: list[str] = []
    releases: list[str] = []
    derived: bool = True
    is_deleted: bool = False


class Mark(Sums, kw_only=True):
    """Something that happened to a session beside its traces: an event, or judgements of one day."""

    session_id: str
    first_us: int
    last_us: int


def judgement_mark(feedback: Feedback) -> Mark:
    """Judgements of a session on one day."""
    mark = Mark(session_id=feedback.id, first_us=feedback.first_us, last_us=feedback.last_us)
    mark.judge([feedback])
    return mark


def activity_rows(
    project_id: str, parts: Iterable[Part], marks: Iterable[Mark], sessions: dict[str, SessionRow]
) -> list[ActivityRow]:
    """What each user did in each session on each day; parts and marks of sessions must be all there are of them."""
    found: dict[tuple[str, str, int], ActivityRow] = {}
    no_session = SessionRow(project_id=project_id, session_id="")

    def add(user_id: str, sums: Part | Mark, day: int, first_us: int, derived: bool) -> ActivityRow:
        key = (user_id, sums.session_id, day)
        row = found.get(key)
        if row is None:
            row = ActivityRow(project_id=project_id, user_id=user_id, session_id=sums.session_id, day=day)
            row.first_us, row.last_us = first_us, sums.last_us
            found[key] = row
        row.add(sums)
        row.first_us = min(row.first_us, first_us)
        row.last_us = max(row.last_us, sums.last_us)
        row.derived = row.derived and derived
        return row

    for part in parts:
        session = sessions.get(part.session_id, no_session)
        user_id = session.user_of(part.app_user, part.provider_user)
        row = add(user_id, part, part.day, part.first[0], session.derives(part.app_user))
        for name in SETS:
            setattr(row, name, sorted({*getattr(row, name), *getattr(part, name)}))
    for mark in marks:
        session = sessions[mark.session_id]
        add(session.user_id, mark, mark.first_us // DAY_US, mark.first_us, session.derives(""))
    return list(found.values())

"""What each user did in each session on each day, from slices of sessions. Pure."""

from collections.abc import Iterable

from ..facts.rows import DAY_US
from .sessions import SessionRow, Slice
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


class Happening(Sums, kw_only=True):
    """Something that happened to a session beside its traces: an event, or judgements of one day."""

    session_id: str
    first_us: int
    last_us: int


def feedback_happening(feedback: Feedback) -> Happening:
    """Judgements of a session on one day."""
    happening = Happening(session_id=feedback.id, first_us=feedback.first_us, last_us=feedback.last_us)
    happening.judge([feedback])
    return happening


def activity_rows(
    project_id: str, slices: Iterable[Slice], happenings: Iterable[Happening], sessions: dict[str, SessionRow]
) -> list[ActivityRow]:
    """Compute what each user did in each session on each day; needs all slices and happenings of these sessions."""
    found: dict[tuple[str, str, int], ActivityRow] = {}
    no_session = SessionRow(project_id=project_id, session_id="")

    def add(user_id: str, sums: Slice | Happening, day: int, first_us: int, derived: bool) -> ActivityRow:
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

    for slice_ in slices:
        session = sessions.get(slice_.session_id, no_session)
        user_id = session.user_of(slice_.app_user, slice_.provider_user)
        row = add(user_id, slice_, slice_.day, slice_.first[0], session.derives(slice_.app_user))
        for name in SETS:
            setattr(row, name, sorted({*getattr(row, name), *getattr(slice_, name)}))
    for happening in happenings:
        session = sessions[happening.session_id]
        add(session.user_id, happening, happening.first_us // DAY_US, happening.first_us, session.derives(""))
    return list(found.values())

"""Users, from their activity, traits and judgements. Pure."""

from collections.abc import Iterable, Sequence

import msgspec

from .sums import SETS, Feedback, Sums, texts


class UserSum(Sums, kw_only=True):
    """The sum of a user's activity, that of the aliases included."""

    owner: str
    first_us: int
    last_us: int
    sessions: int
    models: list[str]
    providers: list[str]
    tags: list[str]
    environments: list[str]
    releases: list[str]
    derived: int


class Identification(msgspec.Struct):
    """Traits of a user, as the application sent them."""

    user_id: str
    at_us: int
    event_id: str
    traits: str


class UserRow(Sums, kw_only=True):
    """A row of `users`."""

    project_id: str
    user_id: str
    traits: dict[str, str] = {}
    aliases: list[str] = []
    first_us: int = 0
    last_us: int = 0
    sessions: int = 0
    models: list[str] = []
    providers: list[str] = []
    tags: list[str] = []
    environments: list[str] = []
    releases: list[str] = []
    derived: bool = False
    is_deleted: bool = False


def user_row(
    project_id: str,
    user_id: str,
    aliases: Iterable[str],
    total: UserSum | None,
    identifications: Iterable[Identification],
    feedback: Sequence[Feedback],
) -> UserRow:
    """A user from activity, traits and judgements, those of the aliases included; a tombstone where there is none."""
    by_time = sorted(identifications, key=lambda one: (one.at_us, one.event_id, one.user_id))
    row = UserRow(project_id=project_id, user_id=user_id, is_deleted=not (total or by_time or feedback))
    moments = [one.at_us for one in by_time] + [us for one in feedback for us in (one.first_us, one.last_us)]
    if total is not None:
        row.add(total)
        row.sessions = total.sessions
        for name in SETS:
            setattr(row, name, sorted(getattr(total, name)))
        row.derived = bool(total.derived) and not by_time
        moments += [total.first_us, total.last_us]
    row.judge(feedback)
    for one in by_time:
        row.traits = row.traits | texts(one.traits)
    row.aliases = sorted(aliases)
    row.first_us, row.last_us = min(moments, default=0), max(moments, default=0)
    return row

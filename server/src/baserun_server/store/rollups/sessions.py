"""Sessions, from their slices, events and judgements. Pure.

Precedence is by the start of a session's traces. Ties are broken by ids, so that the same facts give the same row in
whatever order they come.
"""

from collections.abc import Iterable, Sequence

import msgspec

from ..precedence import user_of_trace
from .sums import Feedback, Sums, first_of, texts


class Slice(Sums, kw_only=True):
    """Traces of a session that name the same users and start on the same day; or, without a session, of a user on a
    day."""

    session_id: str
    app_user: str
    provider_user: str
    day: int
    first: tuple[int, str]
    """Start and id of its earliest trace."""
    last_us: int
    models: list[str]
    providers: list[str]
    tags: list[str]
    environments: list[str]
    releases: list[str]
    environment: tuple[int, str, str]
    """Of the latest trace that has one: start, trace, value."""
    release: tuple[int, str, str]
    first_input: tuple[int, str, str]
    last_output: tuple[int, str, str]


class Event(msgspec.Struct):
    """A session's event."""

    session_id: str
    at_us: int
    event_id: str
    kind: str
    user_id: str
    name: str
    outcome: str
    metadata: str


class SessionRow(Sums, kw_only=True):
    """A row of `sessions`."""

    project_id: str
    session_id: str
    user_id: str = ""
    assigned_user: str = ""
    app_user: str = ""
    provider_user: str = ""
    users: list[str] = []
    user_keys: list[str] = []
    name: str = ""
    outcome: str = ""
    metadata: dict[str, str] = {}
    start_us: int = 0
    last_us: int = 0
    ended_us: int | None = None
    days: list[int] = []
    models: list[str] = []
    providers: list[str] = []
    tags: list[str] = []
    environment: str = ""
    release: str = ""
    first_input: str = ""
    last_output: str = ""
    is_deleted: bool = False

    def user_of(self, app_user: str, provider_user: str) -> str:
        """The user of a trace of this session that names these."""
        return user_of_trace(
            assigned=self.assigned_user,
            app_of_trace=app_user,
            app_of_session=self.app_user,
            provider_of_trace=provider_user,
            provider_of_session=self.provider_user,
        )

    def derives(self, app_user: str) -> bool:
        """Whether the user of such a trace comes from a provider's own field: nothing stronger names one."""
        return not user_of_trace(assigned=self.assigned_user, app_of_trace=app_user, app_of_session=self.app_user)


def session_row(
    project_id: str,
    session_id: str,
    slices: Iterable[Slice],
    events: Iterable[Event],
    feedback: Sequence[Feedback],
    known_days: Iterable[int],
    known_users: Iterable[str],
) -> SessionRow:
    """A session from all its slices, events and judgements; a tombstone where there is none of them.

    What is known of days and users only grows: it says where rows may stand that must be found to be replaced.
    """
    own = sorted(slices, key=lambda slice_: slice_.first)
    by_time = sorted(events, key=lambda event: (event.at_us, event.event_id))
    starts = [event.at_us for event in by_time if event.kind == "start"]
    ends = [event for event in by_time if event.kind == "end"]
    assigned = [event.user_id for event in by_time if event.kind == "assign"]
    row = SessionRow(
        project_id=project_id,
        session_id=session_id,
        assigned_user=assigned[-1] if assigned else "",
        app_user=first_of(event.user_id for event in by_time if event.kind != "assign")
        or first_of(slice_.app_user for slice_ in own),
        provider_user=first_of(slice_.provider_user for slice_ in own),
        name=first_of(event.name for event in reversed(by_time)),
        outcome=ends[-1].outcome if ends else "",
        ended_us=ends[-1].at_us if ends else None,
        days=sorted({*known_days, *(slice_.day for slice_ in own)}),
        models=sorted({model for slice_ in own for model in slice_.models}),
        providers=sorted({provider for slice_ in own for provider in slice_.providers}),
        tags=sorted({tag for slice_ in own for tag in slice_.tags}),
        environment=max((slice_.environment for slice_ in own if slice_.environment[2]), default=("", "", ""))[2],
        release=max((slice_.release for slice_ in own if slice_.release[2]), default=("", "", ""))[2],
        first_input=min((slice_.first_input for slice_ in own if slice_.first_input[2]), default=("", "", ""))[2],
        last_output=max((slice_.last_output for slice_ in own if slice_.last_output[2]), default=("", "", ""))[2],
        is_deleted=not (own or starts or ends or feedback),
    )
    for slice_ in own:
        row.add(slice_)
    row.judge(feedback)
    for event in by_time:
        row.metadata = row.metadata | texts(event.metadata)
    others = (
        [event.at_us for event in ends[-1:]] or [us for one in feedback for us in (one.first_us, one.last_us)] or [0]
    )
    row.start_us = min([slice_.first[0] for slice_ in own] + starts or others)
    row.last_us = max([slice_.last_us for slice_ in own] + starts or others)
    row.user_id = row.user_of("", "")
    users = {row.user_id, *(row.user_of(slice_.app_user, slice_.provider_user) for slice_ in own)}
    row.users = sorted(users - {""})
    row.user_keys = sorted({*known_users, *users})
    return row

"""Sessions: long-lived interactions of a user, and the conversation that they hold."""

from typing import Annotated, Any

from fastapi import Query, Request

from ..errors import BadParameter
from ..store.search.condition import Condition
from . import schemas
from .answers import people, rows
from .answers.names import names_of
from .answers.reader import Ask, Reader
from .collector import writing
from .conversation.page import read_page
from .conversation.strip import read_strip
from .http.parameters import Id, ListParameters, Parameters, SessionListParameters, TurnParameters
from .lists import page
from .lists.conditions import SESSIONS


async def find_sessions(ask: Ask, query: Annotated[SessionListParameters, Query()]) -> schemas.SessionPage:
    """The sessions active in a window, with their full totals and those of the window."""
    extra = [of_user(await people.ids_named(ask, query.user))] if query.user is not None else []
    return await find_page(ask, query, *extra)


async def find_page(ask: Reader, query: ListParameters, *extra: Condition) -> schemas.SessionPage:
    """A page of sessions for which `extra` holds."""
    found = await page.find(ask, SESSIONS, query, *extra)
    names, inside = await ask.all(
        names_of(ask, (row["user_id"] for row in found.rows)), page.numbers_inside(ask, SESSIONS, found)
    )
    return schemas.SessionPage(
        items=[rows.session(row, ask.now_us, names, inside.get(row["session_id"])) for row in found.rows],
        total=found.total,
        next_cursor=found.next_cursor,
    )


def of_user(user_ids: list[str]) -> Condition:
    """True for the sessions in which a user, by any of these ids, took part."""
    return Condition("hasAny(users, {of_user:Array(String)})", {"of_user": user_ids})


async def get_session(ask: Ask, session_id: Id, query: Annotated[Parameters, Query()]) -> schemas.SessionDetail:
    """One session, with its time strip."""
    row = await read_session(ask, session_id)
    names, scores, strip = await ask.all(
        names_of(ask, [row["user_id"]]),
        ask.rows("scores_of_session", {"session_id": session_id}),
        read_strip(ask, row),
    )
    return schemas.SessionDetail(
        **rows.session(row, ask.now_us, names).model_dump(),
        turns_total=row["traces"],
        strip=strip,
        scores=[rows.score(score) for score in scores],
    )


async def read_frame(ask: Reader, session_id: str) -> dict[str, Any]:
    """Of the row of a session what its turns need; `NotFound` where there is none."""
    return await ask.row("session", session_id, "session_frame", {"session_id": session_id})


async def read_session(ask: Reader, session_id: str) -> dict[str, Any]:
    """The row of a session; `NotFound` where there is none."""
    return await ask.row("session", session_id, "sessions_by_id", {"ids": [session_id]})


async def get_turns(ask: Ask, session_id: Id, query: Annotated[TurnParameters, Query()]) -> schemas.TurnPage:
    """The conversation of a session, turn by turn as a person would read it."""
    if query.cursor and query.around:
        raise BadParameter("`cursor` and `around` both say where the page is", hint="leave one out", field="around")
    return await read_page(ask, await read_frame(ask, session_id), query)


async def change_session(
    request: Request, ask: Ask, session_id: Id, query: Annotated[Parameters, Query()], change: schemas.SessionPatch
) -> schemas.Kept:
    """Assign a session to a user, name it, or end it. What was said before is kept beside it."""
    if not change.model_dump(exclude_none=True):
        raise BadParameter("the body changes nothing", hint="send `user_id`, `name`, `ended` or `outcome`")
    await read_frame(ask, session_id)
    return schemas.Kept(id=await writing.change_session(request.app.state.log, ask, session_id, change))

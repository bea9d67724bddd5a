"""Users: the people who use the instrumented applications."""

from typing import Annotated

from fastapi import Query, Request

from ..errors import BadParameter
from . import schemas, sessions
from .answers import rows
from .answers.people import ids_named, read_user
from .answers.reader import Ask
from .collector import writing
from .http.parameters import Id, ListParameters, Parameters
from .lists import page
from .lists.conditions import USERS


async def find_users(ask: Ask, query: Annotated[ListParameters, Query()]) -> schemas.UserPage:
    """The users who were active in a window, with their full totals and those of the window."""
    found = await page.find(ask, USERS, query)
    inside = await page.numbers_inside(ask, USERS, found)
    return schemas.UserPage(
        items=[rows.user(row, inside.get(row["user_id"])) for row in found.rows],
        total=found.total,
        next_cursor=found.next_cursor,
    )


async def get_user(ask: Ask, user_id: Id, query: Annotated[Parameters, Query()]) -> schemas.User:
    """One user, by id or by an alias."""
    return rows.user(await read_user(ask, user_id))


async def find_sessions_of_user(
    ask: Ask, user_id: Id, query: Annotated[ListParameters, Query()]
) -> schemas.SessionPage:
    """The sessions in which a user took part."""
    return await sessions.find_page(ask, query, sessions.of_user(await ids_named(ask, user_id)))


async def change_user(
    request: Request, ask: Ask, user_id: Id, query: Annotated[Parameters, Query()], change: schemas.UserPatch
) -> schemas.Kept:
    """Tell traits of a user, or which other ids are the same person's. Nothing is lost: a link can be taken back."""
    if change.traits is None and change.aliases is None:
        raise BadParameter("the body changes nothing", hint="send `traits` or `aliases`")
    user = await read_user(ask, user_id)
    return schemas.Kept(id=await writing.change_user(request.app.state.log, ask, user, change))

"""Users: the people who use the instrumented applications."""

from typing import Annotated

from fastapi import Query

from . import lists, rows, schemas, sessions, windows
from .parameters import Id, ListParameters, Parameters
from .reader import Ask, Reader, not_found


async def find_users(ask: Ask, query: Annotated[ListParameters, Query()]) -> schemas.UserPage:
    """The users who were active in a window, with their full totals and those of the window."""
    found = await lists.find(ask, lists.USERS, query)
    parts = await windows.of_users(ask, found.window, found.rows) if found.window.bounded else {}
    return schemas.UserPage(
        items=[rows.user(row, parts.get(row["user_id"])) for row in found.rows],
        total=found.total,
        next_cursor=found.next_cursor,
    )


async def get_user(ask: Ask, user_id: Id, query: Annotated[Parameters, Query()]) -> schemas.User:
    """One user, by id or by an alias."""
    return rows.user(await read_user(ask, user_id))


async def read_user(ask: Reader, user_id: str) -> dict:
    """The row of a user, by id or by an alias; `NotFound` where there is none."""
    found = await ask.rows("users_by_id", {"ids": [user_id]})
    if not found:
        known_as = await ask.rows("user_by_alias", {"alias": user_id})
        found = await ask.rows("users_by_id", {"ids": [row["id"] for row in known_as]}) if known_as else []
    if not found:
        raise not_found("user", user_id)
    return found[0]


async def find_sessions_of_user(
    ask: Ask, user_id: Id, query: Annotated[ListParameters, Query()]
) -> schemas.SessionPage:
    """The sessions in which a user took part."""
    return await sessions.find_page(ask, query, sessions.of_user(user_id))

"""Users: the people who use the instrumented applications."""

from typing import Annotated

from fastapi import Query

from . import schemas
from .parameters import Id, JourneyParameters, ListParameters, Parameters
from .reader import Ask


async def find_users(ask: Ask, query: Annotated[ListParameters, Query()]) -> schemas.UserPage:
    """The users who were active in a window, with their full totals and those of the window."""
    raise ask.away()


async def get_user(ask: Ask, user_id: Id, query: Annotated[Parameters, Query()]) -> schemas.User:
    """One user, by id or by an alias."""
    raise ask.away()


async def find_sessions_of_user(
    ask: Ask, user_id: Id, query: Annotated[ListParameters, Query()]
) -> schemas.SessionPage:
    """The sessions in which a user took part."""
    raise ask.away()


async def get_journey(ask: Ask, user_id: Id, query: Annotated[JourneyParameters, Query()]) -> schemas.JourneyPage:
    """What happened to a user, in order of time."""
    raise ask.away()

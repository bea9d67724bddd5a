"""Sessions: long-lived interactions of a user, and the conversation that they hold."""

from typing import Annotated

from fastapi import Query

from . import schemas
from .parameters import Id, Parameters, SessionListParameters, TurnParameters
from .reader import Ask


async def find_sessions(ask: Ask, query: Annotated[SessionListParameters, Query()]) -> schemas.SessionPage:
    """The sessions active in a window, with their full totals and those of the window."""
    raise ask.away()


async def get_session(ask: Ask, session_id: Id, query: Annotated[Parameters, Query()]) -> schemas.SessionDetail:
    """One session, with its time strip."""
    raise ask.away()


async def change_session(
    ask: Ask, session_id: Id, query: Annotated[Parameters, Query()], change: schemas.SessionPatch
) -> schemas.Kept:
    """Assign a session to a user, name it, or end it."""
    raise ask.away()


async def get_turns(ask: Ask, session_id: Id, query: Annotated[TurnParameters, Query()]) -> schemas.TurnPage:
    """The conversation of a session, turn by turn as a person would read it."""
    raise ask.away()

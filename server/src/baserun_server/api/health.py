"""Whether the server is alive and ready, and what a client must know about it."""

from typing import Annotated

from fastapi import Query

from . import schemas
from .parameters import Parameters
from .reader import Ask


async def get_alive() -> schemas.Alive:
    """This process answers."""
    return schemas.Alive(status="ok")


async def get_ready(ask: Ask) -> schemas.Ready:
    """Whether what is sent now will be readable in a moment."""
    raise ask.away()


async def get_me(ask: Ask, query: Annotated[Parameters, Query()]) -> schemas.Me:
    """What a client needs to know once at its start."""
    raise ask.away()

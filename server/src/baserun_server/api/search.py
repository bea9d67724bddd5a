"""Search over everything: ids first, then what was said."""

from typing import Annotated

from fastapi import Query

from . import schemas
from .parameters import SearchParameters
from .reader import Ask


async def search(ask: Ask, query: Annotated[SearchParameters, Query()]) -> schemas.FoundPage:
    """Things that have this id, begin with it, or hold these words."""
    raise ask.away()

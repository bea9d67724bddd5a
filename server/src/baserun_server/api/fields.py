"""What lists can be filtered and sorted by, and how their values are spread."""

from typing import Annotated

from fastapi import Query

from . import schemas
from .parameters import FacetParameters, FieldParameters, HistogramParameters
from .reader import Ask


async def get_fields(ask: Ask, query: Annotated[FieldParameters, Query()]) -> schemas.Fields:
    """The fields of a list."""
    raise ask.away()


async def get_facets(ask: Ask, query: Annotated[FacetParameters, Query()]) -> schemas.Facets:
    """The commonest values of a field, in the set that all other filters leave."""
    raise ask.away()


async def get_histogram(ask: Ask, query: Annotated[HistogramParameters, Query()]) -> schemas.Histogram:
    """How a number is spread over a set."""
    raise ask.away()

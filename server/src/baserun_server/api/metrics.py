"""Numbers over time, for charts and tiles."""

from typing import Annotated

from fastapi import Query

from . import schemas
from .parameters import MetricParameters
from .reader import Ask


async def get_metrics(ask: Ask, query: Annotated[MetricParameters, Query()]) -> schemas.Metrics:
    """Series and totals of a window."""
    raise ask.away()

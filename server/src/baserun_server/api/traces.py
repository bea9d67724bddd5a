"""Traces: single units of work, in a conversation one turn each."""

from typing import Annotated

from fastapi import Query

from . import schemas
from .parameters import Id, Parameters, TraceListParameters, TraceParameters
from .reader import Ask


async def find_traces(ask: Ask, query: Annotated[TraceListParameters, Query()]) -> schemas.TracePage:
    """Traces without their spans."""
    raise ask.away()


async def get_trace(
    ask: Ask, trace_id: Id, query: Annotated[TraceParameters, Query()]
) -> schemas.Trace | schemas.LightTrace:
    """One trace with its spans, and where its user and session came from."""
    raise ask.away()


async def get_span(ask: Ask, trace_id: Id, span_id: Id, query: Annotated[Parameters, Query()]) -> schemas.Span:
    """One span with its content."""
    raise ask.away()

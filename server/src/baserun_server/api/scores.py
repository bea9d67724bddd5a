"""Scores: judgements on spans, traces, sessions and users."""

from typing import Annotated

from fastapi import Query

from . import schemas
from .parameters import Parameters, ScoreListParameters
from .reader import Ask


async def find_scores(ask: Ask, query: Annotated[ScoreListParameters, Query()]) -> schemas.ScorePage:
    """Scores, newest first."""
    raise ask.away()


async def add_score(ask: Ask, query: Annotated[Parameters, Query()], score: schemas.NewScore) -> schemas.Kept:
    """Keep a judgement."""
    raise ask.away()

"""Scores: judgements on spans, traces, sessions and users."""

from typing import Annotated

from fastapi import Query, Request

from . import schemas
from .answers import rows
from .answers.reader import Ask
from .collector import writing
from .http.parameters import Parameters, ScoreListParameters
from .lists.conditions import Conditions, read_window
from .lists.paging import fingerprint, read_cursor, write_cursor


async def find_scores(ask: Ask, query: Annotated[ScoreListParameters, Query()]) -> schemas.ScorePage:
    """Scores, newest first. Of a user or a session: those that name it."""
    conditions = Conditions()
    for name, value in (("user", query.user), ("session", query.session), ("trace", query.trace)):
        if value is not None:
            conditions.add(f"{name}_id = {{of_{name}:String}}", **{f"of_{name}": value})
    if query.name is not None:
        conditions.add("name = {of_name:String}", of_name=query.name)
    window = read_window(query, ask.now_us)
    if window.from_us is not None:
        conditions.add("at >= fromUnixTimestamp64Micro({from_us:Int64}, 'UTC')", from_us=window.from_us)
    if window.to_us is not None:
        conditions.add("at <= fromUnixTimestamp64Micro({to_us:Int64}, 'UTC')", to_us=window.to_us)
    belongs_to = fingerprint("scores", ask.project_id, query.model_dump(exclude={"cursor", "limit"}))
    if query.cursor:
        at_us, score_id = read_cursor(query.cursor, belongs_to, [int, str])
        conditions.add(
            "(toUnixTimestamp64Micro(at), score_id) < ({c_at_us:Int64}, {c_id:String})", c_at_us=at_us, c_id=score_id
        )
    found = await ask.rows("list_scores", {**conditions.parameters, "limit": query.limit + 1}, where=conditions.sql)
    page = found[: query.limit]
    more = len(found) > query.limit
    return schemas.ScorePage(
        items=[rows.score(score) for score in page],
        total=None,
        next_cursor=write_cursor(belongs_to, [page[-1]["at_us"], page[-1]["score_id"]]) if more else None,
    )


async def add_score(
    request: Request, ask: Ask, query: Annotated[Parameters, Query()], score: schemas.NewScore
) -> schemas.Kept:
    """Keep a judgement."""
    return schemas.Kept(id=await writing.add_score(request.app.state.log, ask, score))

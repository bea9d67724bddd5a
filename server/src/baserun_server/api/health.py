"""Whether the server is alive and ready, and what a client must know about it."""

import asyncio
from typing import Annotated

from fastapi import Query, Request, Response

from .. import __version__
from ..errors import StoreError
from ..ingest.dead_letters import count_dead_letters
from . import schemas
from .answers.reader import Ask
from .http.parameters import Parameters

BEHIND_BYTES = 64 << 20
"""A backlog above this takes more than a moment to become readable."""
FEATURES = ("journey", "search", "facets", "histogram", "metrics", "scores", "assign", "light_traces")


async def get_alive() -> schemas.Alive:
    """This process answers."""
    return schemas.Alive(status="ok")


async def get_ready(request: Request, response: Response) -> schemas.Ready:
    """Whether what is sent now will be readable in a moment; 503 while the server starts."""
    state = request.app.state
    try:
        await state.store.data_version("default")
        engine = True
    except StoreError:
        engine = False
    worker = state.supervisor.running("worker")
    backlog_bytes = state.log.backlog_bytes()
    status = "behind" if backlog_bytes > BEHIND_BYTES else "ready"
    if not (engine and worker):
        response.status_code, status = 503, "starting"
    return schemas.Ready(
        status=status,
        engine=engine,
        worker=worker,
        backlog_bytes=backlog_bytes,
        dead_letters=await asyncio.to_thread(count_dead_letters, state.settings.dead_letters),
    )


async def get_me(request: Request, ask: Ask, query: Annotated[Parameters, Query()]) -> schemas.Me:
    """What a client needs to know once at its start."""
    return schemas.Me(
        project=ask.project_id,
        version=__version__,
        loopback=request.app.state.settings.loopback,
        ingest_url=str(request.base_url).rstrip("/"),
        data_version=await ask.data_version(),
        features=list(FEATURES),
    )

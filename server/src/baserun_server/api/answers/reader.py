"""What an endpoint asks with: the store, the caller's project, and the time of the question."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Request

from ...errors import NotFound
from ...store.clickhouse import ClickHouseStore
from ..http.parameters import shorten


@dataclass
class Reader:
    """The store as one request sees it."""

    store: ClickHouseStore
    project_id: str
    now_us: int
    timings_ms: dict[str, float] = field(default_factory=dict)
    """How long each statement took, for the header `Server-Timing`."""
    quarters: Any = None
    """Computes hours for charts in the background (`lists/quarters.py`)."""
    strips: dict[Any, Any] = field(default_factory=dict)
    """What outlives the request: days of long sessions (`conversation/strip.py`)."""
    _version: str | None = None

    async def rows(self, statement: str, parameters: Mapping[str, Any] = {}, **parts: str) -> list[dict[str, Any]]:
        """The rows of a statement of `store/sql/queries/`, about this project."""
        started = time.perf_counter()
        try:
            return await self.store.query(statement, {**parameters, "project_id": self.project_id}, **parts)
        finally:
            took_ms = (time.perf_counter() - started) * 1_000
            self.timings_ms[statement] = self.timings_ms.get(statement, 0.0) + took_ms

    async def row(
        self, kind: str, id_: str, statement: str, parameters: Mapping[str, Any], **parts: str
    ) -> dict[str, Any]:
        """The first row of a statement; `NotFound` where there is none."""
        found = await self.rows(statement, parameters, **parts)
        if not found:
            raise not_found(kind, id_)
        return found[0]

    async def data_version(self) -> str:
        """A word that changes when the project's data does."""
        if self._version is None:
            self._version = await self.store.data_version(self.project_id)
        return self._version

    async def all(self, *questions: Any) -> list[Any]:
        """The answers of several questions asked at once; the first failure stops the others."""
        tasks = [asyncio.ensure_future(question) for question in questions]
        try:
            return await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()


def not_found(kind: str, id_: str) -> NotFound:
    """There is no such thing, or not yet."""
    return NotFound(
        f"there is no {kind} `{shorten(id_, 200)}`", hint="what was sent is readable within two seconds; ids are exact"
    )


def make_reader(request: Request) -> Reader:
    """A reader for one request."""
    state = request.app.state
    reader = Reader(
        state.store, request.state.project_id, time.time_ns() // 1_000, strips=state.strips, quarters=state.quarters
    )
    request.state.timings_ms = reader.timings_ms
    return reader


Ask = Annotated[Reader, Depends(make_reader)]
